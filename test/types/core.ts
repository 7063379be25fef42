/** The types of the package as its users see them: this file must compile. scripts/test-types.js says with what. */

import {
  allocate,
  type Backend,
  type BackendName,
  backend,
  backendNames,
  type CodeOptions,
  createBackend,
  FixedClassifier,
  type FixedClassifierOptions,
  type FwhtOptions,
  fwht,
  type Gradient,
  type HeadJson,
  instructionSets,
  type Labels,
  type LossAndGradient,
  type LossOptions,
  type Ordering,
  type Reduction,
  type TopK,
} from "fixed-classifier";

/** Compiles only where the type of the value is T, no wider and no narrower. */
type Exactly<T, U> = [T] extends [U] ? ([U] extends [T] ? T : never) : never;
const is = <T>() => ({ of: <U>(_value: U & Exactly<U, T>): void => {} });

const options: FixedClassifierOptions = { features: 64, classes: 10, code: "hadamard" };
const codes: CodeOptions[] = [
  { name: "hadamard", seed: 1, assignment: [3, 1] },
  { name: "sylvester", allowDuplicates: true },
  { name: "learned", seed: 2 },
  { name: "simplex" },
];
const head = new FixedClassifier({ ...options, code: codes[0] });
is<FixedClassifier>().of(head);
is<number>().of(head.scale);
is<Float32Array | null>().of(head.bias);

const x = new Float32Array(2 * 64);
const bits = new Uint16Array(64);
const integers = new Int8Array(64);

is<Float32Array>().of(head.forward(x));
head.forward(x, null);
head.forward(x, { out: new Float32Array(20) });
head.forward(bits, { type: "bfloat16" });
head.forward(integers, { featureScale: 0.5 });
is<() => Float32Array>().of(head.plan(x, null));
is<TopK>().of(head.topK(x, 5));
is<TopK>().of(head.topK(x, 5, { out: { classes: new Int32Array(10) } }));
head.probabilities(x, { classes: [1, 2] });
head.probabilities(x, { classes: Int32Array.of(1, 2) });
is<Gradient>().of(head.backward(x, new Float32Array(20), { out: { features: x } }));

// The reduction decides on the type of the loss, also where it is a variable.
is<LossAndGradient<number>>().of(head.lossAndGradient(x, [1, 2]));
is<number>().of(head.lossAndGradient(x, [1, 2], null).loss);
is<number>().of(head.lossAndGradient(x, [1, 2], { labelSmoothing: 0.1 }).loss);
is<number>().of(head.lossAndGradient(x, [1, 2], { reduction: "sum" }).loss);
is<Float32Array>().of(head.lossAndGradient(x, [1, 2], { reduction: "none" }).loss);
is<number>().of(
  head.lossAndGradient(x, [1, 2], { loss: "dot-regression", target: 2, reduction: "mean" }).loss,
);

export function reduced(reduction: Reduction, labels: Labels): number | Float32Array {
  const { loss } = head.lossAndGradient(x, labels, { reduction });
  is<number | Float32Array>().of(loss);
  const given: LossOptions = { loss: "cross-entropy", reduction, ignoreIndex: -100 };
  const { loss: same } = head.lossAndGradient(x, labels, given);
  is<number | Float32Array>().of(same);
  return loss;
}

export function some(reduction: "mean" | "sum"): number {
  return head.lossAndGradient(x, new Float32Array(20), { reduction, sampleWeights: [1, 2] }).loss;
}

export function generic<R extends Reduction>(reduction: R): R extends "none" ? Float32Array : number {
  return head.lossAndGradient(x, [1, 2], { reduction }).loss;
}

is<Float32Array>().of(head.energy(x, { temperature: 2, normalised: false }));
is<Float32Array>().of(head.logSumExpAndGradient(x).values);
is<number>().of(head.calibrate(x, [1, 2], { ignoreIndex: 0 }).temperature);

const json: HeadJson = head.toJSON();
is<FixedClassifier>().of(FixedClassifier.fromJSON(json, { backend: createBackend("js") }));
FixedClassifier.fromJSON(JSON.parse(JSON.stringify(head)));
is<FixedClassifier>().of(FixedClassifier.fromSafetensors(head.toSafetensors(), null));
is<FixedClassifier>().of(head.withClasses(20));

const order: Ordering = "sequency";
const transform: FwhtOptions = { rowLength: 64, scale: "orthonormal", ordering: order };
is<Float32Array<ArrayBuffer>>().of(fwht(new Float32Array(64), transform));
is<Int32Array<ArrayBuffer>>().of(fwht(new Int32Array(64), null));
is<() => void>().of(fwht.plan(new Float64Array(64)));

is<Float32Array>().of(allocate(64));
is<Float64Array>().of(
  allocate(64, "float64", { backend: createBackend("wasm", { instructionSet: "simd128" }) }),
);
is<Int32Array>().of(allocate(64, "int32", null));

const name: BackendName = backend.name;
const loaded: Backend = createBackend(name, { threads: 2 });
is<readonly string[]>().of(instructionSets(loaded.name));
is<readonly BackendName[]>().of(backendNames);
for (const { name, error } of backend.failures) is<string>().of(`${name}: ${error.message}`);

// A signal need not be one of the DOM or of Node.js.
class Signal {
  aborted = false;
  reason: unknown = undefined;
  throwIfAborted(): void {}
  addEventListener(_type: string, _listener: () => void): void {}
  removeEventListener(_type: string, _listener: () => void): void {}
}
is<Promise<Float32Array>>().of(head.forwardAsync(x, { signal: new Signal() }));
