import { outputBytes } from "../inference/output-bytes.js";
import type { InferResponse, OutputTensor } from "../inference/request.js";
import { BackWriter } from "./back-writer.js";

const MODEL_NAME = 1;
const MODEL_VERSION = 2;
const ID = 3;
const OUTPUTS = 5;
const RAW_OUTPUT_CONTENTS = 6;

const NAME = 1;
const DATATYPE = 2;
const SHAPE = 3;
const CONTENTS = 5;

const FP32_CONTENTS = 6;
const BYTES_CONTENTS = 8;

/** A ModelInferResponse: lent, until the next is encoded. Numbers are copied once, from where they were computed to the message. */
export function encodeResponse(response: InferResponse, id: string, isRaw: boolean): Buffer {
  const { model, version, outputs } = response;
  const writer = BackWriter.lend(boundOf(response, id));
  if (isRaw) {
    for (let i = outputs.length - 1; i >= 0; i--) {
      writer.bytes(RAW_OUTPUT_CONTENTS, outputBytes(outputs[i].contents));
    }
  }
  for (let i = outputs.length - 1; i >= 0; i--) writeOutput(writer, outputs[i], isRaw);
  if (id !== "") writer.string(ID, id);
  writer.string(MODEL_VERSION, version);
  writer.string(MODEL_NAME, model);
  return writer.finish();
}

function writeOutput(writer: BackWriter, output: OutputTensor, isRaw: boolean): void {
  const end = writer.position;
  if (!isRaw) writeContents(writer, output);
  const { shape } = output;
  const shapeEnd = writer.position;
  for (let axis = shape.length - 1; axis >= 0; axis--) writer.varint(shape[axis]);
  writer.head(SHAPE, shapeEnd);
  writer.string(DATATYPE, output.datatype);
  writer.string(NAME, output.name);
  writer.head(OUTPUTS, end);
}

/** Packed float32 lie on the wire as in memory. */
function writeContents(writer: BackWriter, { contents }: OutputTensor): void {
  const end = writer.position;
  if (contents instanceof Float32Array) writer.bytes(FP32_CONTENTS, outputBytes(contents));
  else for (let i = contents.length - 1; i >= 0; i--) writer.string(BYTES_CONTENTS, contents[i]);
  writer.head(CONTENTS, end);
}

/** Of UTF-8 a unit of a string takes three bytes at most; the head of a field eleven, as a dimension does. */
const UNIT = 3;
const HEAD = 11;

function boundOf({ model, version, outputs }: InferResponse, id: string): number {
  let bound = UNIT * (model.length + version.length + id.length) + 3 * HEAD;
  for (const { name, datatype, shape, contents } of outputs) {
    bound += UNIT * (name.length + datatype.length) + (6 + shape.length) * HEAD;
    if (contents instanceof Float32Array) bound += contents.byteLength;
    else for (const text of contents) bound += UNIT * text.length + HEAD;
  }
  return bound;
}
