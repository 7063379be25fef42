/** The head of very many classes, whose memory and times have targets. */
export const MILLION = { features: 512, classes: 1_000_000 };
export const BATCH = 32;
