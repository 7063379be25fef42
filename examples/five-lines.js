import { FixedClassifier } from "fixed-classifier";

const head = new FixedClassifier({ features: 64, classes: 10 });
const x = Float32Array.from({ length: 2 * 64 }, (_, i) => Math.sin(i)); // two rows of features
const { loss, gradient } = head.lossAndGradient(x, [3, 7]); // gradient.features goes on to the layers below
console.log(head.topK(x, 3).classes, loss, gradient.scale);
