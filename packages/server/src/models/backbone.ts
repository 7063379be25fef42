import type { FixedClassifier } from "fixed-classifier";
import { Problem } from "fixed-classifier-models/files";
import type { InferenceSession, OnnxValue, Tensor } from "onnxruntime-node";
import type { Rows } from "../execution/compute.js";
import { type Numbers, zeros } from "../inference/contents.js";
import { InferenceError } from "../inference/errors.js";
import type { TensorMetadata } from "../inference/request.js";
import { elementsOf } from "../inference/shape.js";

const OUTPUT = "features";

/** The types of onnxruntime by those of the protocol. */
const TYPES: Readonly<Record<string, Tensor.Type>> = {
  FP32: "float32",
  FP64: "float64",
  FP16: "float16",
  INT8: "int8",
  UINT8: "uint8",
  BOOL: "bool",
  INT32: "int32",
  INT64: "int64",
};

const DATATYPES = new Map(Object.entries(TYPES).map(([datatype, type]) => [type as string, datatype]));

/** An input of a request, checked. */
export interface Feed {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly number[];
  readonly numbers: Numbers;
}

/** A network without its last layer, which makes features of images, tokens or whatever it was trained for. */
export class Backbone {
  /** Requests that it computes or that wait for it. */
  #running = 0;
  #isRetired = false;

  constructor(
    private readonly session: InferenceSession,
    private readonly Tensor: typeof import("onnxruntime-node").Tensor,
    readonly inputs: readonly TensorMetadata[],
    private readonly features: number,
  ) {}

  get running(): number {
    return this.#running;
  }

  /** The features of rows. Requests are not merged: the bits of onnxruntime depend on how many rows it gets. */
  async run(feeds: readonly Feed[], count: number): Promise<Rows> {
    if (count === 0) return { features: new Float32Array(0), count };
    this.#running++;
    try {
      const tensors: Record<string, Tensor> = {};
      for (const { name, datatype, shape, numbers } of feeds) {
        tensors[name] = new this.Tensor(TYPES[datatype] as "float32", numbers as Float32Array, shape);
      }
      const outputs = await this.session.run(tensors, [OUTPUT]).catch((error: Error) => {
        throw new InferenceError("invalid", `the backbone cannot compute these inputs: ${error.message}`, {
          cause: error,
        });
      });
      return this.#rowsOf(outputs[OUTPUT], count);
    } finally {
      this.#running--;
      await this.#releaseIfUnused();
    }
  }

  /** No request comes to it any more; what runs still ends. */
  async retire(): Promise<void> {
    this.#isRetired = true;
    await this.#releaseIfUnused();
  }

  async #releaseIfUnused(): Promise<void> {
    if (this.#isRetired && this.#running === 0) await this.session.release();
  }

  #rowsOf({ type, dims, data }: OnnxValue, count: number): Rows {
    if (dims.length !== 2 || dims[0] !== count || dims[1] !== this.features) {
      throw new InferenceError(
        "invalid",
        `the backbone made [${dims.join(", ")}] of ${count} rows, where the head takes [${count}, ${this.features}]`,
      );
    }
    if (type === "float32") return { features: data as Float32Array, count };
    // Where there is a Float16Array, its bits are what the head takes everywhere.
    const { buffer, byteOffset, length } = data as Uint16Array;
    return { features: new Uint16Array(buffer, byteOffset, length), count, options: { type: "float16" } };
  }
}

/** Reads the ONNX file of a backbone, sees whether it fits the head, and tries it with one row where its inputs say how large that is. */
export async function loadBackbone(path: string, head: FixedClassifier): Promise<Backbone> {
  const { InferenceSession, Tensor } = await runtime(path);
  let session: InferenceSession;
  try {
    session = await InferenceSession.create(path);
  } catch (error) {
    throw new Problem(`${path} cannot be run by onnxruntime: ${(error as Error).message}`, { cause: error });
  }
  try {
    checkOutput(session, path, head.features);
    const inputs = session.inputMetadata.map((input) => metadataOf(input, path));
    const backbone = new Backbone(session, Tensor, inputs, head.features);
    await tryOut(backbone, path);
    return backbone;
  } catch (error) {
    await session.release();
    throw error;
  }
}

async function runtime(path: string): Promise<typeof import("onnxruntime-node")> {
  try {
    // It would tell Microsoft of every session, and keep files of that in the folder of temporary ones.
    process.env.ORT_DISABLE_TELEMETRY ??= "1";
    return await import("onnxruntime-node");
  } catch (error) {
    const reason = (error as Error).message.split("\n")[0];
    throw new Problem(
      `${path} is run by onnxruntime-node, which is not there (${reason}): npm install onnxruntime-node`,
      { cause: error },
    );
  }
}

function metadataOf(input: InferenceSession.ValueMetadata, path: string): TensorMetadata {
  const datatype = input.isTensor ? DATATYPES.get(input.type) : undefined;
  if (!input.isTensor || datatype === undefined) {
    const type = input.isTensor ? input.type : "no tensor";
    throw new Problem(
      `${path}: the input "${input.name}" is ${type}; a backbone takes tensors of ${Object.keys(TYPES).join(", ")}`,
    );
  }
  if (input.shape.length === 0) {
    throw new Problem(`${path}: the input "${input.name}" has no axis of rows`);
  }
  const shape = input.shape.map((size) => (typeof size === "number" && size >= 0 ? size : -1));
  return { name: input.name, datatype, shape };
}

function checkOutput(session: InferenceSession, path: string, features: number): void {
  const output = session.outputMetadata.find(({ name }) => name === OUTPUT);
  if (output === undefined) {
    throw new Problem(
      `${path} has no output "${OUTPUT}", but ${session.outputNames.join(", ")}; cut it before its last layer, or rename that output`,
    );
  }
  const isFloat = output.isTensor && (output.type === "float32" || output.type === "float16");
  const width = output.isTensor ? output.shape.at(-1) : undefined;
  if (!isFloat || (typeof width === "number" && width >= 0 && width !== features)) {
    const given = output.isTensor ? `${output.type} of [${output.shape.join(", ")}]` : "no tensor";
    throw new Problem(
      `${path}: the output "${OUTPUT}" is ${given}, but the head takes float32 or float16 of [rows, ${features}]`,
    );
  }
}

async function tryOut(backbone: Backbone, path: string): Promise<void> {
  if (backbone.inputs.some(({ shape }) => shape.slice(1).includes(-1))) return;
  const count = Math.max(...backbone.inputs.map(({ shape }) => shape[0]), 1);
  const feeds = backbone.inputs.map(({ name, datatype, shape }): Feed => {
    const sizes = [count, ...shape.slice(1)];
    return { name, datatype, shape: sizes, numbers: zeros(datatype, elementsOf(sizes, name)) };
  });
  try {
    await backbone.run(feeds, count);
  } catch (error) {
    throw new Problem(`${path} was tried with zeros: ${(error as Error).message}`, { cause: error });
  }
}
