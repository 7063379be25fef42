// The shortest way from Fastify to a head: bodies whole, no protocol beyond what these requests need, nothing checked, limited or counted.
import Fastify from "fastify";
import { FixedClassifier } from "fixed-classifier";
import { CLASSES, FEATURES } from "./requests.js";

const head = new FixedClassifier({ features: FEATURES, classes: CLASSES });
const app = Fastify({ logger: false, bodyLimit: 2 ** 24 });
app.addContentTypeParser("application/octet-stream", { parseAs: "buffer" }, (_request, body, done) =>
  done(null, body),
);
app.post("/v2/models/head/infer", (request, reply) => {
  const { body } = request;
  if (!Buffer.isBuffer(body)) {
    const [{ shape, data }] = body.inputs;
    const logits = head.forward(Float32Array.from(data));
    const outputs = [{ name: "logits", datatype: "FP32", shape: [shape[0], CLASSES], data: [...logits] }];
    return reply.send({ model_name: "head", model_version: "1", outputs });
  }
  const length = Number(request.headers["inference-header-content-length"]);
  const [{ shape }] = JSON.parse(body.toString("latin1", 0, length)).inputs;
  const bytes = Uint8Array.prototype.slice.call(body, length);
  const logits = head.forward(new Float32Array(bytes.buffer, bytes.byteOffset, shape[0] * FEATURES));
  const parameters = { binary_data_size: logits.byteLength };
  const outputs = [{ name: "logits", datatype: "FP32", shape: [shape[0], CLASSES], parameters }];
  const json = Buffer.from(JSON.stringify({ model_name: "head", model_version: "1", outputs }));
  return reply
    .header("content-type", "application/octet-stream")
    .header("inference-header-content-length", json.length)
    .send(Buffer.concat([json, new Uint8Array(logits.buffer, logits.byteOffset, logits.byteLength)]));
});
await app.listen({ port: 0, host: "127.0.0.1" });
console.log(app.server.address().port);
