// Why a target is missed, as far as it is known; figures stand in the rows.

/** @type {Readonly<Record<string, string>>} */
const REASONS = {};

/** @param {string} key a set and what is missed there: "letters/nll" */
export const reasonFor = (key) => REASONS[key] ?? "no reason is known";
