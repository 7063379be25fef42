/** What the types keep from being written: each line below such a comment must be an error. */

import { allocate, createBackend, FixedClassifier, fwht, type Reduction } from "fixed-classifier";

const head = new FixedClassifier({ features: 64, classes: 10 });
const x = new Float32Array(64);

// @ts-expect-error the number of classes is missing
new FixedClassifier({ features: 64 });
// @ts-expect-error no such option
new FixedClassifier({ features: 64, classes: 10, activation: "softmax" });
// @ts-expect-error no such code
new FixedClassifier({ features: 64, classes: 10, code: "walsh" });
// @ts-expect-error an option of another code
new FixedClassifier({ features: 64, classes: 10, code: { name: "simplex", seed: 1 } });
// @ts-expect-error bias is whether there is one
new FixedClassifier({ features: 64, classes: 10, bias: new Float32Array(10) });

// @ts-expect-error features are float32 or of fewer bits
head.forward(new Float64Array(64));
// @ts-expect-error a plain array
head.forward([1, 2, 3]);
// @ts-expect-error no such type
head.forward(new Uint16Array(64), { type: "float8" });
// @ts-expect-error no such option
head.forward(x, { output: x });
// @ts-expect-error k is missing
head.topK(x);
// @ts-expect-error the bias is an array of the head
head.bias = null;
// @ts-expect-error it is a number
head.scale = "2";
// @ts-expect-error no such reduction
head.lossAndGradient(x, [1], { reduction: "max" });
// @ts-expect-error an option of the other loss
head.lossAndGradient(x, [1], { loss: "dot-regression", labelSmoothing: 0.1 });
// @ts-expect-error one for each row
const single: number = head.lossAndGradient(x, [1], { reduction: "none" }).loss;
// @ts-expect-error of a reduction that may be "none"
export const perhaps = (reduction: Reduction): number => head.lossAndGradient(x, [1], { reduction }).loss;
// @ts-expect-error no such array of gradients
head.backward(x, x, { out: { scale: x } });
// @ts-expect-error the plan has no type of features
head.plan(x, { type: "float16" });
// @ts-expect-error a controller is no signal
head.forwardAsync(x, { signal: { abort(): void {} } });
// @ts-expect-error a file is bytes
FixedClassifier.fromSafetensors("head.safetensors");
// @ts-expect-error JSON as a string
FixedClassifier.fromJSON("{}");

// @ts-expect-error no array that the transform takes
fwht([1, 2, 3, 4]);
// @ts-expect-error no such ordering
fwht(x, { ordering: "walsh" });
// @ts-expect-error no such scale
fwht(x, { scale: "half" });
// @ts-expect-error no such option
fwht.plan(x, { row_length: 4 });
// @ts-expect-error no such type
allocate(64, "float16");
// @ts-expect-error no such backend
createBackend("cuda");
// @ts-expect-error the number of threads is a number
createBackend("native", { threads: "4" });

export { single };
