/** Where the types of the DOM or of Node.js are, their AbortSignal is a signal. */

import { FixedClassifier } from "fixed-classifier";

const head = new FixedClassifier({ features: 64, classes: 10 });
const controller = new AbortController();
const { signal }: { signal: AbortSignal } = controller;

export const logits: Promise<Float32Array> = head.forwardAsync(new Float32Array(64), { signal });
export const soon: Promise<Float32Array> = head.forwardAsync(new Float32Array(64), {
  signal: AbortSignal.timeout(1000),
});
