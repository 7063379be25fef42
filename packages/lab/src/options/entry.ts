import type { Reader } from "./readers.js";

/** An option of `train`: the same name behind two dashes and in a configuration file. */
export interface Entry<T> {
  /** What stands behind the name on the command line; null for one that is there or not. */
  readonly value: string | null;
  readonly about: string;
  readonly read: Reader<T>;
  readonly initial: T;
}

export const entry = <T>(value: string | null, about: string, read: Reader<T>, initial: T): Entry<T> => ({
  value,
  about,
  read,
  initial,
});

/** Where null stands as the default, the data decide. */
export const orNull =
  <T>(read: Reader<T>): Reader<T | null> =>
  (given, name) =>
    given === null ? null : read(given, name);
