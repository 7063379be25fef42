import { outputBytes } from "../inference/output-bytes.js";
import type { InferResponse, OutputTensor } from "../inference/request.js";
import { BYTES, bytesOf, Writer } from "./wire.js";

const MODEL_NAME = (1 << 3) | BYTES;
const MODEL_VERSION = (2 << 3) | BYTES;
const ID = (3 << 3) | BYTES;
const OUTPUTS = (5 << 3) | BYTES;
const RAW_OUTPUT_CONTENTS = (6 << 3) | BYTES;

const NAME = (1 << 3) | BYTES;
const DATATYPE = (2 << 3) | BYTES;
const SHAPE = (3 << 3) | BYTES;
const CONTENTS = (5 << 3) | BYTES;

const FP32_CONTENTS = (6 << 3) | BYTES;
const BYTES_CONTENTS = (8 << 3) | BYTES;

/** A ModelInferResponse. Numbers are copied once, from where they were computed to the message. */
export function encodeResponse(response: InferResponse, id: string, isRaw: boolean): Buffer {
  const writer = Writer.create();
  writer.uint32(MODEL_NAME).string(response.model);
  writer.uint32(MODEL_VERSION).string(response.version);
  if (id !== "") writer.uint32(ID).string(id);
  for (const output of response.outputs) {
    writer.uint32(OUTPUTS).fork();
    writer.uint32(NAME).string(output.name);
    writer.uint32(DATATYPE).string(output.datatype);
    writer.uint32(SHAPE).fork();
    for (const size of output.shape) writer.int64(size);
    writer.ldelim();
    if (!isRaw) writeContents(writer, output);
    writer.ldelim();
  }
  if (isRaw) {
    for (const { contents } of response.outputs)
      writer.uint32(RAW_OUTPUT_CONTENTS).bytes(outputBytes(contents));
  }
  return writer.finish() as Buffer;
}

/** Packed float32 lie on the wire as in memory. */
function writeContents(writer: InstanceType<typeof Writer>, { contents }: OutputTensor): void {
  writer.uint32(CONTENTS).fork();
  if (contents instanceof Float32Array) writer.uint32(FP32_CONTENTS).bytes(bytesOf(contents));
  else for (const text of contents) writer.uint32(BYTES_CONTENTS).bytes(Buffer.from(text));
  writer.ldelim();
}
