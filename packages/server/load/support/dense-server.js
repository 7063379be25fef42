// The same server, with a learned dense layer that onnxruntime-node computes in the head's place.
import { FixedClassifier } from "fixed-classifier";
import { headModel } from "fixed-classifier-models";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { listenRest } from "../../dist/rest/listen.js";
import { CLASSES, FEATURES } from "./requests.js";

const layer = new FixedClassifier({ features: FEATURES, classes: CLASSES, code: "learned", seed: 1 });
const session = await InferenceSession.create(headModel(layer), { intraOpNumThreads: 1 });
const [input] = session.inputNames;
const output = session.outputNames.find((name) => name === "logits") ?? session.outputNames[0];

const inference = {
  name: "dense",
  version: "1",
  extensions: ["binary_tensor_data"],
  isReady: true,
  isModelReady: () => true,
  metadata: () => ({ name: "head", versions: ["1"], platform: "onnx", inputs: [], outputs: [] }),
  async infer({ inputs: [{ contents, shape }] }) {
    const x = new Float32Array(Uint8Array.from(contents).buffer);
    const { [output]: logits } = await session.run({ [input]: new Tensor("float32", x, shape) }, [output]);
    const answer = { name: "logits", datatype: "FP32", shape: logits.dims, contents: logits.data };
    return { model: "head", version: "1", outputs: [answer] };
  },
};
const { port } = await listenRest(inference, { host: "127.0.0.1", port: 0 });
console.log(port);
