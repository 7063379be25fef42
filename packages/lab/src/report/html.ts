/** Text that is HTML already. */
export class Markup {
  constructor(readonly text: string) {}
}

export type Content = Markup | string | number | null | undefined | readonly Content[];

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** HTML allows no control characters but those of white space, not even escaped. */
export const withoutControls = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g, "\ufffd");

export const escapeText = (text: string): string =>
  withoutControls(text).replace(/[&<>"']/g, (letter) => ESCAPES[letter]);

export const raw = (text: string): Markup => new Markup(text);

/** A template in which whatever is filled in is text, unless it was made by such a template: names of users cannot become markup. */
export function html(strings: TemplateStringsArray, ...values: readonly Content[]): Markup {
  return raw(strings.reduce((sum, text, i) => sum + textOf(values[i - 1]) + text));
}

function textOf(value: Content): string {
  if (value == null) return "";
  if (value instanceof Markup) return value.text;
  if (typeof value === "string") return escapeText(value);
  if (typeof value === "number") return String(value);
  return value.map(textOf).join("");
}
