import { readFileSync } from "node:fs";
import http2 from "node:http2";
import { status } from "@grpc/grpc-js";
import protobuf from "protobufjs";
import { beforeAll, expect, test } from "vitest";
import { PROTO } from "../../src/grpc/protocol.js";
import { headOf, rowsOf, serving } from "../support/models.js";
import { floatsOf, type Message, started } from "./support/client.js";

/** Requests as Triton's client sent them. */
const recorded: { name: string; headers: Record<string, string>; body: string }[] = JSON.parse(
  readFileSync(new URL("../fixtures/triton/grpc.json", import.meta.url), "utf8"),
);

const head = headOf({ features: 16, classes: 5 });
const rows = rowsOf(3, 16);
const root = new protobuf.Root().loadSync(PROTO, { keepCase: true });
let port: number;

beforeAll(async () => {
  const { inference } = await serving({ digits: head });
  port = (await started(inference)).port;
});

/** The features of a recorded request, as float32: what came as another type was rounded by the client. */
function sentFeatures(name: string): Float32Array {
  const { raw_input_contents } = requestOf(name) as { raw_input_contents: Buffer[] };
  const { buffer } = Uint8Array.from(raw_input_contents[0]);
  if (name.endsWith("FP64")) return Float32Array.from(new Float64Array(buffer));
  if (name.endsWith("INT8")) return Float32Array.from(new Int8Array(buffer));
  return new Float32Array(buffer);
}

const both = ["logits", "probabilities"];
const numbers: [name: string, outputs: string[], expected: (output: string) => Float32Array][] = [
  ...[
    "infer",
    "infer: gzip",
    "infer: deflate",
    "infer: parameters",
    "infer: with a deadline",
    "infer: asyncio",
    "infer: FP64",
    "infer: INT8",
    "infer: no rows",
  ].map((name): (typeof numbers)[number] => [
    name,
    both,
    (output) => computed(output, sentFeatures(name.replace(/gzip|deflate/, "asyncio"))),
  ]),
  ["infer: one output, id", ["probabilities"], () => head.probabilities(rows)],
  ["infer: FP16", both, (output) => computed(output, bitsOf("infer: FP16"), "float16")],
  ["infer: BF16", both, (output) => computed(output, bitsOf("infer: BF16"), "bfloat16")],
];

function computed(output: string, features: Float32Array | Uint16Array, type?: "float16" | "bfloat16") {
  const options = type === undefined ? undefined : ({ type } as const);
  return output === "logits" ? head.forward(features, options) : head.probabilities(features, options);
}

function bitsOf(name: string): Uint16Array {
  const { raw_input_contents } = requestOf(name) as { raw_input_contents: Buffer[] };
  return new Uint16Array(Uint8Array.from(raw_input_contents[0]).buffer);
}

test.each(numbers)("%s", async (name, outputs, expected) => {
  const { code, message } = await replay(name);
  expect(code).toBe(status.OK);
  expect((message.outputs as Message[]).map((output) => output.name)).toEqual(outputs);
  const raw = message.raw_output_contents as Buffer[];
  outputs.forEach((output, i) => {
    expect(floatsOf(raw[i]), output).toEqual(expected(output));
  });
  expect(message.id).toBe(name === "infer: one output, id" ? "id-7" : "");
});

test("infer: classification", async () => {
  const { message } = await replay("infer: classification");
  expect(message.outputs).toMatchObject([{ name: "logits", datatype: "BYTES", shape: [3, 2] }]);
  const [text] = (message.raw_output_contents as Buffer[]).map(String);
  const classes = [...text.matchAll(/:(\d)/g)].map(([, c]) => Number(c));
  expect(classes).toEqual([...head.topK(rows, 2).classes]);
});

const answers: [name: string, expected: Message][] = [
  ["is_server_live", { live: true }],
  ["is_server_ready", { ready: true }],
  ["is_model_ready", { ready: true }],
  ["get_server_metadata", { name: "fixed-classifier" }],
  ["get_model_metadata", { name: "digits", inputs: [{ name: "features", shape: [-1, 16] }] }],
];

test.each(answers)("%s", async (name, expected) => {
  const { code, message } = await replay(name);
  expect(code).toBe(status.OK);
  expect(message).toMatchObject(expected);
});

const failures: [name: string, code: status, details: RegExp][] = [
  ["infer: unknown model", status.NOT_FOUND, /letters/],
  ["infer: shared memory", status.INVALID_ARGUMENT, /no shared memory/],
  ["get_model_config", status.UNIMPLEMENTED, /ModelConfig/],
];

test.each(failures)("%s is refused", async (name, code, details) => {
  const answer = await replay(name);
  expect(answer.code).toBe(code);
  expect(answer.details).toMatch(details);
});

test("nothing was recorded in vain", () => {
  const looked = [...numbers, ...answers, ...failures].map(([name]) => name);
  expect(recorded.map(({ name }) => name).sort()).toEqual([...looked, "infer: classification"].sort());
});

const find = (name: string) => {
  const found = recorded.find((one) => one.name === name);
  if (found === undefined) throw new Error(`nothing is recorded of ${name}`);
  return found;
};

function requestOf(name: string): Message {
  const message = Buffer.from(find(name).body, "base64").subarray(5);
  return root.lookupType("inference.ModelInferRequest").decode(message) as unknown as Message;
}

/** Sends the recorded headers and body again. */
function replay(name: string): Promise<{ code: number; details: string; message: Message }> {
  const { headers, body } = find(name);
  const session = http2.connect(`http://localhost:${port}`);
  const stream = session.request(headers);
  const pieces: Buffer[] = [];
  let final: http2.IncomingHttpHeaders = {};
  const take = (got: http2.IncomingHttpHeaders) => {
    if (got["grpc-status"] !== undefined) final = got;
  };
  stream
    .on("response", take)
    .on("trailers", take)
    .on("data", (piece: Buffer) => pieces.push(piece));
  stream.end(Buffer.from(body, "base64"));
  return new Promise((resolve, reject) => {
    stream.on("error", reject).on("close", () => {
      session.close();
      const method = String(headers[":path"]).split("/").at(-1);
      const code = Number(final["grpc-status"]);
      const type = code === status.OK ? root.lookupType(`inference.${method}Response`) : undefined;
      const message = type?.toObject(type.decode(Buffer.concat(pieces).subarray(5)), {
        longs: Number,
        defaults: true,
      });
      resolve({ code, details: decodeURI(String(final["grpc-message"])), message: message ?? {} });
    });
  });
}
