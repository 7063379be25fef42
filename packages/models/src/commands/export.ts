import { statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { Command } from "commander";
import type { FixedClassifier } from "fixed-classifier";
import { readClassNames } from "../class-names.js";
import { writeWhole } from "../files.js";
import { openOnnx, withClassNames } from "../onnx/index.js";
import { Problem } from "../problem.js";
import {
  chainGraph,
  headGraph,
  headModel,
  OPSETS,
  writeSafetensors,
  writeTensorflowJs,
} from "../write/index.js";
import { headOf, type NamedHead, readHead } from "./head-file.js";
import { addReadOptions, type ReadFlags, readOptionsOf } from "./read-options.js";
import { numberOf } from "./values.js";

export interface ExportFlags extends ReadFlags {
  onnx?: string;
  attach?: string;
  attachOutput?: string;
  opset?: string;
  adapter?: string;
  pytorch?: string;
  tfjs?: string;
  classNames?: string;
}

export function addExportCommand(program: Command): void {
  const command = program
    .command("export")
    .description("Writes a head for other runtimes: ONNX, PyTorch with sentence-transformers, TensorFlow.js.")
    .argument(
      "<head>",
      "the file of a head, as convert writes it; or a model, whose last layer is taken as it is",
    )
    .option("--onnx <file>", "an ONNX model of standard operators, from features to logits")
    .option("--attach <model>", "with --onnx: the head in place of the last layer of this ONNX model")
    .option("--attach-output <name>", "with --attach: the output that gets the head, of a model with several")
    .option(
      "--opset <version>",
      `with --onnx: the version of the operators, ${OPSETS.oldest} to ${OPSETS.newest}`,
    )
    .option("--adapter <file>", "with --onnx: the linear layer before the head, as convert writes it")
    .option(
      "--pytorch <folder>",
      "safetensors as a module of sentence-transformers, and a PyTorch module for it",
    )
    .option("--tfjs <folder>", "a layers model of TensorFlow.js, for fixed-classifier/tfjs")
    .option(
      "--class-names <file>",
      "names of the classes, one a line, for what is written; default: those of the model, or beside the head",
    );
  addReadOptions(command).action(async (file: string, flags: ExportFlags) => {
    for (const line of await exportHead(file, flags)) console.log(line);
  });
}

async function exportHead(file: string, flags: ExportFlags): Promise<string[]> {
  checkFlags(file, flags);
  const named = await headOf(file, readOptionsOf(flags));
  const { head } = named;
  const classNames =
    flags.classNames === undefined ? named.classNames : readClassNames(flags.classNames, head.classes);
  const adapter = flags.adapter === undefined ? null : readHead(flags.adapter);
  const lines: string[] = [];
  const { code } = head.settings;
  if (code.name === "product" && code.originals)
    lines.push(`other runtimes do not score the best classes again by the original rows in ${file}`);
  if (flags.onnx !== undefined) lines.push(writeOnnx({ head, classNames }, adapter, flags.onnx, flags));
  if (flags.pytorch !== undefined) {
    const module = writeSafetensors(head, flags.pytorch, { classNames });
    lines.push(`${module}: a module of sentence-transformers, and its PyTorch module in ${flags.pytorch}`);
  }
  if (flags.tfjs !== undefined) {
    writeTensorflowJs(head, flags.tfjs, { classNames });
    lines.push(`${flags.tfjs}: a layers model; import fixed-classifier/tfjs before it is loaded`);
  }
  return lines;
}

/** Before anything is read, for some models take a while. */
function checkFlags(file: string, flags: ExportFlags): void {
  const { onnx, pytorch, tfjs, attach, attachOutput, opset, adapter } = flags;
  if (onnx === undefined && pytorch === undefined && tfjs === undefined)
    throw new Problem("nothing says what to write: give --onnx, --pytorch or --tfjs");
  if (onnx === undefined) {
    for (const [name, value] of Object.entries({ attach, "attach-output": attachOutput, opset, adapter }))
      if (value !== undefined)
        throw new Problem(`--${name} ${value} is for ONNX: give --onnx too, or leave it out`);
    return;
  }
  if (attach === undefined && attachOutput !== undefined)
    throw new Problem(
      `--attach-output ${attachOutput} is of the model that --attach names: give that too, or leave it out`,
    );
  for (const read of [file, adapter])
    if (read !== undefined && resolve(read) === resolve(onnx))
      throw new Problem(`--onnx ${onnx} is what is read, and would be lost: choose another name`);
  if (attach !== undefined && opset !== undefined)
    throw new Problem(
      `--opset ${opset}: with --attach it is the version of the model's own operators; leave it out`,
    );
  if (adapter !== undefined && (pytorch ?? tfjs) !== undefined)
    throw new Problem(
      "--adapter is for ONNX alone: export to the others without it, and apply the layer there",
    );
  const folder = dirname(onnx);
  if (!(statSync(folder, { throwIfNoEntry: false })?.isDirectory() ?? false))
    throw new Problem(`--onnx ${onnx}: there is no folder ${folder}; make it first`);
}

function writeOnnx(
  { head, classNames }: NamedHead,
  adapter: FixedClassifier | null,
  path: string,
  { attach, attachOutput, opset }: ExportFlags,
): string {
  if (attach === undefined) {
    const range = { min: OPSETS.oldest, max: OPSETS.newest, integer: true };
    const options = opset === undefined ? {} : { opset: numberOf("--opset", opset, range) };
    writeWhole(path, [headModel(head, { ...options, classNames }, adapter)]);
    return `${path}: rows of ${(adapter ?? head).features} features to ${head.classes} logits`;
  }
  const model = openOnnx(attach, attachOutput === undefined ? {} : { output: attachOutput });
  const { features, classes } = model.lastLayer;
  const taken = (adapter ?? head).features;
  if (taken !== features || head.classes !== classes) {
    throw new Problem(
      `${attach} has a last layer of ${features} features and ${classes} classes, and the head ${taken} and ${head.classes}: give the model that it was made of${adapter === null && head.features !== features ? ", or --adapter with the layer before it" : ""}`,
    );
  }
  const options = { opset: Math.min(Math.max(model.opset, OPSETS.oldest), OPSETS.newest) };
  const graph = adapter === null ? headGraph(head, options) : chainGraph(adapter, head, options);
  const attached = model.attach(graph);
  const isNamed = classNames === null || isDeepStrictEqual(classNames, model.lastLayer.classNames);
  model.write(isNamed ? attached : withClassNames(attached, classNames, head.classes), path);
  return `${path}: ${attach} with the head in place of ${model.lastLayer.origin.weights}`;
}
