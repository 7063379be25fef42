/** Numbers as the table and the report show them. */

const MINUS = "−";

/** Of a number that is missing: nothing was measured, or JSON had no way to say infinity. */
export const NONE = "–";

const minus = (text: string): string => text.replace("-", MINUS);

export const decimal = (value: number | null | undefined, digits: number): string =>
  value == null || !Number.isFinite(value) ? NONE : minus(value.toFixed(digits));

/** 0.9123 → "91.23". */
export const percent = (share: number | null | undefined): string =>
  share == null ? NONE : decimal(100 * share, 2);

/** A difference of shares in points, with its sign. */
export function points(difference: number): string {
  const text = decimal(100 * difference, 2);
  return difference >= 0 && text !== NONE ? `+${text}` : text;
}

/** "1,234,567". */
export const count = (value: number): string => value.toLocaleString("en-US", { maximumFractionDigits: 0 });

/** Three digits, for what is from thousandths to thousands. */
export function short(value: number | null | undefined): string {
  if (value == null || !Number.isFinite(value)) return NONE;
  if (value === 0) return "0";
  if (Math.abs(value) >= 100) return minus(String(Math.round(value)));
  return minus(String(Number(value.toPrecision(3))));
}

const scaled = (value: number, units: readonly string[]): string => {
  let unit = 0;
  let rest = value;
  // 999,500 would be rounded to "1000 k".
  for (; rest >= 999.5 && unit < units.length - 1; unit++) rest /= 1000;
  return `${short(rest)} ${units[unit]}`.trim();
};

/** 1234567 → "1.23 M". */
export const compact = (value: number): string => scaled(value, ["", "k", "M", "G"]);

export const bytes = (value: number): string => scaled(value, ["B", "kB", "MB", "GB"]);

export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return NONE;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const two = (value: number): string => String(value).padStart(2, "0");
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes}:${two(whole % 60)} min`;
  return `${Math.floor(minutes / 60)}:${two(minutes % 60)} h`;
}

/** A name cut in its middle: both ends tell it from others. */
export function shorten(name: string, length: number): string {
  const letters = [...name];
  if (letters.length <= length) return name;
  const end = Math.ceil((length - 1) / 2);
  return `${letters.slice(0, length - 1 - end).join("")}…${letters.slice(-end).join("")}`;
}
