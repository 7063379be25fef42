/** The heads that are trained: the fixed one, and a learned dense one to compare it with. */
export const HEAD_NAMES = ["fixed", "learned"] as const;
export type HeadName = (typeof HEAD_NAMES)[number];
