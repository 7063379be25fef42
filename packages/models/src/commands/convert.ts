import { existsSync, statSync } from "node:fs";
import { dirname, extname, resolve } from "node:path";
import { type Command, Option } from "commander";
import type { ImageOptions } from "../calibration/images.js";
import { readCalibration } from "../calibration/index.js";
import { type Candidate, type Conversion, convert, filesOf } from "../convert/convert.js";
import { type ConvertOptions, ORIGINALS, PRODUCT_CODES, type ProductCode } from "../convert/plans.js";
import { removeFile, writeWhole } from "../files.js";
import type { LastLayer } from "../last-layer.js";
import { type OnnxModel, openOnnx } from "../onnx/index.js";
import { Problem } from "../problem.js";
import { readLastLayer } from "../read/index.js";
import { ENDING, isHead, withNames } from "./head-file.js";
import { imageBar } from "./image-bar.js";
import { addReadOptions, type ReadFlags, readOptionsOf } from "./read-options.js";
import { factsOf, reportOf } from "./report.js";
import { numberOf, numbersOf, sizeOf } from "./values.js";

export interface ConvertFlags extends ReadFlags {
  calibration: string;
  labels?: string;
  tensor?: string;
  minAgreement: string;
  rerank?: string | true;
  codes?: string;
  adapter?: string | false;
  refine?: boolean;
  heldOut?: string;
  seed: string;
  choose?: string;
  out?: string;
  json?: boolean;
  mean?: string;
  std?: string;
  imageLayout?: "nchw" | "nhwc";
  size?: string;
}

const RERANK = 16;

export function addConvertCommand(program: Command): void {
  const command = program
    .command("convert")
    .description(
      "Makes all that can take the place of a trained model's last layer, measures each on rows that it was not made of, and writes one.",
    )
    .argument("<model>", "a file or folder: ONNX, safetensors, Keras, TensorFlow.js, NumPy arrays")
    .requiredOption(
      "--calibration <path>",
      "rows of what goes into the layer: .npy, .npz or .safetensors, 500 and more; or a folder of images, for ONNX models",
    )
    .option("--labels <file>", "the class of each row: .npy of whole numbers, or a text with one a line")
    .option("--tensor <name>", "the array of features, in a file of several")
    .option(
      "--min-agreement <part>",
      "the part of rows that must keep the original's best class, 0 to 1",
      "0.99",
    )
    .option(
      "--rerank [classes]",
      `product codes with the original rows beside them in float16 too, which score so many of the best classes again (${RERANK})`,
    )
    .option("--codes <list>", "product codes, width x stages", PRODUCT_CODES.map(codeName).join())
    .option("--adapter <width>", "width of a linear layer before a fixed head; default: half of the classes")
    .option("--no-adapter", "no fixed head behind a linear layer")
    .option(
      "--refine",
      "improves product codes by the rows that the layer is not sure of; slow, for many rows",
    )
    .option("--held-out <part>", "the part of rows that heads are judged by", "0.2")
    .option("--seed <number>", "of the split into rows that heads are made of and judged by", "0")
    .option("--choose <name>", "the head to write, such as product:4x2, instead of the recommended one")
    .option("--out <file>", "writes the head there, a .safetensors file")
    .option("--json", "the same as JSON");
  addReadOptions(command)
    .option(
      "--mean <numbers>",
      "of images: taken from channels of 0 to 1; default: ImageNet, 0.485,0.456,0.406",
    )
    .option("--std <numbers>", "of images: what is left is divided by; default: ImageNet, 0.229,0.224,0.225")
    .addOption(
      new Option(
        "--image-layout <which>",
        "of images: where the channels are; default: as the model's input",
      ).choices(["nchw", "nhwc"]),
    )
    .option("--size <pixels>", "of images: their side, where the model does not say; default: 224")
    .action(async (file: string, flags: ConvertFlags) => {
      await run(file, flags);
    });
}

async function run(file: string, flags: ConvertFlags): Promise<void> {
  const options = optionsOf(flags);
  checkOut(file, flags);
  const { layer, model } = await opened(file, flags);
  const rows = await readCalibration(flags.calibration, layer, model, {
    labels: flags.labels,
    tensor: flags.tensor,
    images: { ...imagesOf(flags), onImages: imageBar() },
  });
  const conversion = await convert(layer, rows, {
    ...options,
    onCandidate: (name, index, count) => console.error(`${index + 1}/${count} ${name} …`),
  });
  const facts = factsOf(layer, conversion);
  console.log(flags.json === true ? JSON.stringify(facts, null, 2) : reportOf(facts));
  if (flags.out === undefined) {
    if (flags.json !== true) console.log("--out head.safetensors writes it.");
    return;
  }
  const lines = write(chosen(conversion, flags.choose), layer.classNames, flags.out);
  for (const line of lines) console.error(line);
}

async function opened(
  file: string,
  flags: ConvertFlags,
): Promise<{ layer: LastLayer; model: OnnxModel | null }> {
  const { output, ...others } = readOptionsOf(flags);
  // Options of others go with an ONNX model as little as its own with others, which it says.
  if (extname(file).toLowerCase() !== ".onnx" || Object.keys(others).length > 0)
    return { layer: await readLastLayer(file, readOptionsOf(flags)), model: null };
  const model = openOnnx(file, output === undefined ? {} : { output });
  return { layer: model.lastLayer, model };
}

/** What is wrong with the options is said before anything takes minutes. */
function optionsOf(flags: ConvertFlags): ConvertOptions {
  const codes = flags.codes === undefined ? [...PRODUCT_CODES] : flags.codes.split(",").map(codeOf);
  const [kind, code] = flags.choose?.split(":") ?? [];
  if (kind === "product" && code !== undefined) {
    const wanted = codeOf(code.replace(ORIGINALS, ""));
    if (!codes.some((one) => codeName(one) === codeName(wanted))) codes.push(wanted);
  }
  const width = kind === "adapter" && code !== undefined ? code : flags.adapter;
  return {
    codes,
    minAgreement: numberOf("--min-agreement", flags.minAgreement, { min: 0, max: 1 }),
    heldOut: numberOf("--held-out", flags.heldOut ?? "0.2", { min: 0.01, max: 0.99 }),
    seed: numberOf("--seed", flags.seed, { min: 0, max: 2 ** 32 - 1, integer: true }),
    refine: flags.refine === true,
    ...(flags.rerank === undefined
      ? {}
      : {
          rerank:
            flags.rerank === true ? RERANK : numberOf("--rerank", flags.rerank, { min: 1, integer: true }),
        }),
    ...(width === undefined || typeof width === "boolean"
      ? { ...(width === false ? { adapter: false as const } : {}) }
      : { adapter: numberOf("--adapter", width, { min: 2, max: 65_536, integer: true }) }),
  };
}

const codeName = ({ width, stages }: ProductCode): string => `${width}x${stages}`;

function codeOf(text: string): ProductCode {
  const [, width, stages] = /^\s*(2|4|8|16|32)x([1-4])\s*$/.exec(text) ?? [];
  if (width === undefined)
    throw new Problem(
      `"${text}" is no product code: give its width, 2, 4, 8, 16 or 32, and its stages, 1 to 4, as in 4x2`,
    );
  return { width: Number(width), stages: Number(stages) };
}

function imagesOf(flags: ConvertFlags): ImageOptions {
  return {
    ...(flags.mean === undefined ? {} : { mean: numbersOf("--mean", flags.mean) }),
    ...(flags.std === undefined ? {} : { std: numbersOf("--std", flags.std) }),
    ...(flags.imageLayout === undefined ? {} : { layout: flags.imageLayout }),
    ...(flags.size === undefined
      ? {}
      : { size: numberOf("--size", flags.size, { min: 1, max: 4096, integer: true }) }),
  };
}

function checkOut(file: string, { out, choose, calibration, rerank }: ConvertFlags): void {
  if (choose?.endsWith(ORIGINALS) && rerank === undefined)
    throw new Problem(`--choose ${choose}: original rows are beside a code with --rerank only; give it too`);
  if (out === undefined) {
    if (choose !== undefined)
      throw new Problem(`--choose ${choose} says which head is written: say where, by --out head${ENDING}`);
    return;
  }
  if (extname(out) !== ENDING)
    throw new Problem(`--out ${out}: heads are ${ENDING} files; give a name that ends so`);
  for (const read of [file, calibration])
    if ([out, adapterOf(out)].some((written) => resolve(read) === resolve(written)))
      throw new Problem(`--out ${out}: ${read} is what is read, and would be lost: choose another name`);
  const folder = dirname(out);
  if (!(statSync(folder, { throwIfNoEntry: false })?.isDirectory() ?? false))
    throw new Problem(`--out ${out}: there is no folder ${folder}; make it first`);
  if (statSync(out, { throwIfNoEntry: false })?.isDirectory())
    throw new Problem(`--out ${out}: a folder stands there; choose another name`);
  const adapter = adapterOf(out);
  if (existsSync(adapter) && !isOurs(adapter))
    throw new Problem(
      `--out ${out}: ${adapter} is where the linear layer before a head stands, and is something else: choose another name, or move it`,
    );
}

/** Whether a file may be written over: a head of ours, as the linear layer before another is. */
function isOurs(path: string): boolean {
  try {
    return isHead(path);
  } catch (error) {
    if (error instanceof Problem) return false;
    throw error;
  }
}

function chosen(
  { candidates, recommended, minAgreement, refused }: Conversion,
  name: string | undefined,
): Candidate {
  if (name === undefined) {
    if (recommended !== null) return recommended;
    throw new Problem(
      `no head has the original's best class for ${100 * minAgreement} % of the rows, so none was written: lower --min-agreement, add --rerank, or say which by --choose`,
    );
  }
  const found = candidates.find((candidate) => candidate.name === name);
  if (found !== undefined) return found;
  const reason = refused.find((one) => one.name === name)?.reason;
  throw new Problem(
    `--choose ${name}: ${reason ?? `there is none; there are ${candidates.map((candidate) => candidate.name).join(", ")}`}; nothing was written`,
  );
}

/**
 * The linear layer before the head, where there is one, then the head beside it: a head that is there is complete. That of an earlier head
 * of this name goes, for it would be taken for this one's.
 */
function write(candidate: Candidate, classNames: readonly string[] | null, out: string): string[] {
  const { rerank } = candidate;
  const [head, adapter] = filesOf(candidate);
  const beside = adapterOf(out);
  const lines: string[] = [];
  if (adapter !== undefined) {
    writeWhole(beside, [adapter.bytes]);
    lines.push(`${beside}: the linear layer before it, to be applied first, ${sizeOf(adapter.bytes.length)}`);
  }
  writeWhole(out, withNames(head.bytes, classNames));
  // The file says which rows there are, and not how many of them are asked.
  const use = rerank === null ? "" : `, asked by topK(x, k, { rerank: ${rerank} })`;
  lines.push(`${out}: ${candidate.name}, ${sizeOf(statSync(out).size)}${use}`);
  if (adapter === undefined && existsSync(beside)) {
    removeFile(beside);
    lines.push(`${beside}: of an earlier head, removed`);
  }
  return lines;
}

const adapterOf = (out: string): string => `${out.slice(0, -ENDING.length)}.adapter${ENDING}`;
