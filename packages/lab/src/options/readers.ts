import { Problem } from "../problem.js";

/** Makes of what a flag or a configuration file says what is meant, or says what is allowed. */
export type Reader<T> = (given: unknown, name: string) => T;

/** A number too, of which JSON knows only the finite ones. */
const show = (given: unknown): string =>
  typeof given === "string"
    ? `"${given}"`
    : typeof given === "number"
      ? String(given)
      : JSON.stringify(given);

export function integer(min: number, max: number): Reader<number> {
  return (given, name) => {
    const value = toNumber(given);
    if (!Number.isInteger(value) || value < min || value > max) {
      throw new Problem(`${name} is ${show(given)}: give an integer from ${min} to ${max}`);
    }
    return value;
  };
}

export function number(min: number, max: number, { above = false } = {}): Reader<number> {
  return (given, name) => {
    const value = toNumber(given);
    if (!(above ? value > min : value >= min) || !(value <= max)) {
      const range = above ? `above ${min}, up to ${max}` : `from ${min} to ${max}`;
      throw new Problem(`${name} is ${show(given)}: give a number ${range}`);
    }
    return value;
  };
}

export const text: Reader<string> = (given, name) => {
  if (typeof given === "number" || typeof given === "boolean") return String(given);
  if (typeof given !== "string" || given === "") throw new Problem(`${name} is ${show(given)}: give a text`);
  return given;
};

export const flag: Reader<boolean> = (given, name) => {
  if (given === true || given === "true") return true;
  if (given === false || given === "false") return false;
  throw new Problem(`${name} is ${show(given)}: give true or false`);
};

export function oneOf<const T extends string>(allowed: readonly T[]): Reader<T> {
  return (given, name) => {
    const found = allowed.find((value) => value === given);
    if (found === undefined) throw new Problem(`${name} is ${show(given)}: choose ${allowed.join(", ")}`);
    return found;
  };
}

/** A text that `check` refuses by throwing. */
export function checked(check: (value: string) => unknown): Reader<string> {
  return (given, name) => {
    const value = text(given, name);
    try {
      check(value);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      throw new Problem(`${name}: ${error.message}`, { cause: error });
    }
    return value;
  };
}

/** Values with commas between them. */
export function list<T>(of: Reader<T>): Reader<readonly T[]> {
  return (given, name) => {
    const parts = Array.isArray(given) ? given : text(given, name).split(",");
    const values = parts.map((part) => of(typeof part === "string" ? part.trim() : part, name));
    if (values.length === 0) throw new Problem(`${name} is empty: give at least one value`);
    if (new Set(values).size !== values.length)
      throw new Problem(`${name} is ${show(given)}: a value stands there twice`);
    return values;
  };
}

const toNumber = (given: unknown): number =>
  typeof given === "number"
    ? given
    : typeof given === "string" && given.trim() !== ""
      ? Number(given)
      : Number.NaN;
