// Why a target is missed, as far as it is known; figures stand in the rows.

/** @type {Readonly<Record<string, string>>} */
const REASONS = {
  "mnist/nll":
    "all runs were best in their last epoch, so more epochs would change it; the head was chosen by its accuracy, and `product:4` is nearer",
  "omniglot/accuracy":
    "all runs were best in their last epoch: five epochs of the smaller trunk are too few, with eight of conv:32,64,64 width 4 is 5 points above the dense layer (product-training.md)",
};

/** @param {string} key a set and what is missed there: "letters/nll" */
export const reasonFor = (key) => REASONS[key] ?? "no reason is known";
