/** What a case has shown to be wrong. Whatever else is thrown is wrong too. */
export class Failure extends Error {}

/** What the engine says by itself. It is no error of ours, even where it is of the right kind. */
const OF_THE_ENGINE =
  /^Cannot |^Class extends|is not (a function|iterable|a constructor|defined|extensible)|^Invalid (typed )?array|^Derived|^Reduce of/;

/**
 * Whether it is what wrong input has to be answered with.
 * @param {unknown} error
 * @returns {error is TypeError | RangeError}
 */
export const isRefusal = (error) =>
  (error instanceof TypeError || error instanceof RangeError) && !OF_THE_ENGINE.test(error.message);
