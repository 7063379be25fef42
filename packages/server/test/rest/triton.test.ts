import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { expect, test } from "vitest";
import { headOf, rowsOf } from "../support/models.js";
import { restOver } from "../support/rest.js";

/** Requests as Triton's client sent them. */
const recorded: { name: string; request: string }[] = JSON.parse(
  readFileSync(new URL("../fixtures/triton/http.json", import.meta.url), "utf8"),
);

const head = headOf({ features: 16, classes: 5 });
const rows = rowsOf(3, 16);
const { client } = await restOver({ digits: head });

/** How an output comes: as binary data, or in the JSON. */
type Form = "binary" | "JSON";

const both = { logits: "binary", probabilities: "binary" } as const;
const numbers: [name: string, outputs: Readonly<Record<string, Form>>][] = [
  ["infer", both],
  ["infer: JSON in", both],
  ["infer: one output, id", { probabilities: "binary" }],
  ["infer: JSON out", { logits: "JSON" }],
  ["infer: JSON in and out", { logits: "JSON" }],
  ["infer: binary and JSON out", { logits: "binary", probabilities: "JSON" }],
  ["infer: request gzip", both],
  ["infer: response gzip", both],
  ["infer: JSON request gzip", both],
  ["infer: request deflate", both],
  ["infer: response deflate", both],
  ["infer: JSON request deflate", both],
  ["infer: parameters", both],
  ["infer: FP16", both],
  ["infer: FP64", both],
  ["infer: INT8", both],
  ["infer: BF16", both],
  ["infer: no rows", both],
  ["infer: asyncio", both],
];

test.each(numbers)("%s", async (name, forms) => {
  const { status, headers, body } = await replay(name);
  expect(status).toBe(200);
  // Answers as small as these come as they are, whatever the client would take.
  expect(headers.get("content-encoding")).toBeUndefined();
  const jsonLength = headers.get("inference-header-content-length");
  const json = JSON.parse(
    body.subarray(0, jsonLength === undefined ? undefined : Number(jsonLength)).toString(),
  );
  expect(json.id).toBe(name === "infer: one output, id" ? "id-7" : undefined);
  let at = Number(jsonLength);
  const found: Record<string, Form> = {};
  for (const { name: output, data, datatype, parameters } of json.outputs) {
    found[output] = data === undefined ? "binary" : "JSON";
    const bytes = body.subarray(at, at + (parameters?.binary_data_size ?? 0));
    const values =
      data === undefined ? new Float32Array(Uint8Array.from(bytes).buffer) : Float32Array.from(data);
    if (data === undefined) at += bytes.length;
    expect(datatype).toBe("FP32");
    expect(values, output).toEqual(computed(output, name));
  }
  expect(found).toEqual(forms);
});

/** What the head says of the features as this request has them. */
function computed(output: string, name: string): Float32Array {
  const type = ({ FP16: "float16", BF16: "bfloat16" } as const)[name.slice("infer: ".length)];
  const sent = featuresOf(name);
  const options = type && { type };
  return output === "logits" ? head.forward(sent, options) : head.probabilities(sent, options);
}

/** The binary data of a recorded request: what came as another type was rounded by the client. */
function featuresOf(name: string): Float32Array | Uint16Array {
  const datatype = name.slice("infer: ".length);
  if (datatype === "no rows") return new Float32Array(0);
  const bytes = requestOf(name);
  const { buffer } = Uint8Array.from(
    bytes.subarray(-rows.length * ({ FP64: 8, INT8: 1, FP16: 2, BF16: 2 }[datatype] ?? 4)),
  );
  if (datatype === "FP64") return Float32Array.from(new Float64Array(buffer));
  if (datatype === "INT8") return Float32Array.from(new Int8Array(buffer));
  if (datatype === "FP16" || datatype === "BF16") return new Uint16Array(buffer);
  return rows;
}

const classified: [name: string, form: Form][] = [
  ["infer: classification", "binary"],
  ["infer: classification, JSON", "JSON"],
];

test.each(classified)("%s", async (name, form) => {
  const { status, headers, body } = await replay(name);
  expect(status).toBe(200);
  const length = headers.get("inference-header-content-length");
  const json = JSON.parse(body.subarray(0, length === undefined ? undefined : Number(length)).toString());
  expect(json.outputs).toMatchObject([{ name: "logits", datatype: "BYTES", shape: [3, 2] }]);
  const text: string =
    form === "JSON" ? json.outputs[0].data.join(" ") : body.subarray(Number(length)).toString();
  const classes = [...text.matchAll(/:(\d)/g)].map(([, c]) => Number(c));
  expect(classes).toEqual([...head.topK(rows, 2).classes]);
});

const answers: [name: string, expected: object | undefined][] = [
  ["is_server_live", undefined],
  ["is_server_ready", undefined],
  ["is_model_ready", undefined],
  ["get_server_metadata", { name: "fixed-classifier" }],
  ["get_model_metadata", { name: "digits", inputs: [{ name: "features", shape: [-1, 16] }] }],
];

test.each(answers)("%s", async (name, expected) => {
  const { status, body } = await replay(name);
  expect(status).toBe(200);
  if (expected !== undefined) expect(JSON.parse(body.toString())).toMatchObject(expected);
});

const failures: [name: string, status: number, reason: RegExp][] = [
  ["is_model_ready: unknown", 404, /letters/],
  ["infer: unknown model", 404, /letters/],
  ["infer: wrong width", 400, /\[3, 15\]/],
  ["infer: JSON with NaN", 400, /NaN/],
  ["infer: shared memory", 400, /shared memory/],
  ["get_model_config", 404, /config/],
  // The repository is an option of the server, which is not given here.
  ["get_model_repository_index", 404, /repository/],
];

test.each(failures)("%s is refused", async (name, status, reason) => {
  const answer = await replay(name);
  expect(answer.status).toBe(status);
  expect(JSON.parse(answer.body.toString()).error).toMatch(reason);
});

test("nothing was recorded in vain", () => {
  const looked = [...numbers, ...classified, ...answers, ...failures].map(([name]) => name);
  expect(recorded.map(({ name }) => name).sort()).toEqual(looked.sort());
});

function requestOf(name: string): Buffer {
  const found = recorded.find((one) => one.name === name);
  if (found === undefined) throw new Error(`nothing is recorded of ${name}`);
  return Buffer.from(found.request, "base64");
}

interface Replayed {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
}

/** Sends the recorded bytes again. */
function replay(name: string): Promise<Replayed> {
  return new Promise((resolve, reject) => {
    const socket = connect(client.port, "127.0.0.1", () => socket.write(requestOf(name)));
    let heard = Buffer.alloc(0);
    socket.on("data", (piece) => {
      heard = Buffer.concat([heard, piece]);
      const answer = answerOf(heard);
      if (answer === undefined) return;
      socket.destroy();
      resolve(answer);
    });
    socket.on("error", reject).on("end", () => reject(new Error(`no answer to ${name}: ${heard}`)));
  });
}

function answerOf(bytes: Buffer): Replayed | undefined {
  const end = bytes.indexOf("\r\n\r\n");
  if (end < 0) return undefined;
  const [line, ...lines] = bytes.toString("latin1", 0, end).split("\r\n");
  const headers = new Map(
    lines.map((text) => [text.split(":")[0].toLowerCase(), text.replace(/^[^:]*: */, "")]),
  );
  const rest = bytes.subarray(end + 4);
  const length = Number(headers.get("content-length"));
  if (rest.length < length || Number.isNaN(length)) return undefined;
  const body = rest.subarray(0, length);
  return { status: Number(line.split(" ")[1]), headers, body };
}
