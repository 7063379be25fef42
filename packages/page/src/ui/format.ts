const whole = new Intl.NumberFormat("en");
const three = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 });

export const integer = (value: number): string => whole.format(value);

/** Three digits that mean something. */
export const short = (value: number): string => three.format(value);

/** A number and its unit, which no line break parts. */
const withUnit = (number: string, unit: string): string => `${number}\u00a0${unit}`;

export const percent = (fraction: number): string => withUnit((100 * fraction).toFixed(1), "%");

/** An accuracy with its standard error: that of a fraction of so many images. */
export function accuracyText(fraction: number, images: number): string {
  const error = Math.sqrt((fraction * (1 - fraction)) / images);
  return `${(100 * fraction).toFixed(1)}\u00a0±\u00a0${percent(error)}`;
}

/** The largest unit of which there is at least one, each a thousand of the one before. */
function inUnits(value: number, units: readonly string[]): string {
  const power = Math.floor(Math.log10(Math.max(1, value)) / 3);
  const unit = Math.min(units.length - 1, power);
  return withUnit(short(value / 1000 ** unit), units[unit] as string);
}

export const bytes = (count: number): string => inUnits(count, ["B", "kB", "MB", "GB"]);

export const duration = (microseconds: number): string => inUnits(microseconds, ["µs", "ms", "s"]);
