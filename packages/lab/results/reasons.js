// Why a target is missed, as far as it is known; figures stand in the rows.

/** @type {Readonly<Record<string, string>>} */
const REASONS = {
  "mnist/nll":
    "all runs were best in their last epoch, so more epochs would change it; the head was chosen by its accuracy, and `product:4` is nearer",
};

/** @param {string} key a set and what is missed there: "letters/nll" */
export const reasonFor = (key) => REASONS[key] ?? "no reason is known";
