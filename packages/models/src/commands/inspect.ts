import Table from "cli-table3";
import type { Command } from "commander";
import type { LastLayer } from "../last-layer.js";
import { type ReadOptions, readLastLayer } from "../read/index.js";
import { BYTES_PER_NUMBER } from "../tensors/index.js";
import { addReadOptions, type ReadFlags, readOptionsOf } from "./read-options.js";
import { count, sizeOf } from "./values.js";

export function addInspectCommand(program: Command): void {
  const command = program
    .command("inspect")
    .description("Says what the last layer of a trained model is. Nothing of the model is executed.")
    .argument("<model>", "a file or folder: ONNX, safetensors, Keras, TensorFlow.js, NumPy arrays")
    .option("--json", "the same as JSON");
  addReadOptions(command).action(async (file: string, flags: ReadFlags & { json?: boolean }) => {
    const found = await inspect(file, readOptionsOf(flags));
    console.log(flags.json === true ? JSON.stringify(found, null, 2) : tableOf(found));
  });
}

/** What is told of a last layer. */
export interface Inspection {
  readonly file: string;
  readonly format: string;
  readonly features: number;
  readonly classes: number;
  readonly weights: string;
  readonly bias: string | null;
  readonly storedType: LastLayer["origin"]["storedType"];
  /** Of weights and bias as they are stored. */
  readonly bytes: number;
  /** The signed scale, where the layer has the authors' form. */
  readonly hadamard: { readonly scale: number } | null;
  readonly classNames: readonly string[] | null;
}

export async function inspect(file: string, options: ReadOptions = {}): Promise<Inspection> {
  const { origin, features, classes, weights, bias, hadamard, classNames } = await readLastLayer(
    file,
    options,
  );
  const { format, storedType } = origin;
  return {
    file,
    format,
    features,
    classes,
    weights: origin.weights,
    bias: origin.bias,
    storedType,
    bytes: BYTES_PER_NUMBER[storedType] * (weights.length + (bias?.length ?? 0)),
    hadamard,
    classNames,
  };
}

const SHOWN = 3;

function tableOf(found: Inspection): string {
  const table = new Table({ style: { head: [], border: [] } });
  const names = found.classNames;
  const hadamard =
    found.hadamard === null
      ? "no"
      : `yes, scale ${found.hadamard.scale}: convert makes it a head that stores no matrix`;
  table.push(
    ["format", found.format],
    ["last layer", `${count(found.features)} features → ${count(found.classes)} classes`],
    ["weights", `${found.weights}, ${found.storedType}`],
    ["bias", found.bias ?? "none"],
    ["size", sizeOf(found.bytes)],
    ["Hadamard matrix", hadamard],
    [
      "class names",
      names === null ? "none" : `${names.slice(0, SHOWN).join(", ")}${names.length > SHOWN ? ", …" : ""}`,
    ],
  );
  return `${found.file}\n${table}`;
}
