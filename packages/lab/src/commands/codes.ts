import { readFileSync } from "node:fs";
import { extname } from "node:path";
import Table from "cli-table3";
import type { Command } from "commander";
import { FixedClassifier, type FixedClassifierOptions } from "fixed-classifier";
import { leastAbsolute, leastSigned } from "../codes/bounds.js";
import { classVectors, gramMatrix } from "../codes/gram.js";
import { pngOf, svgOf } from "../codes/picture.js";
import { writeWhole } from "../files.js";
import { Problem } from "../problem.js";

interface CodesOptions {
  features?: string;
  classes?: string;
  codes: string;
  seed: string;
  picture?: string;
  shown: string;
  json?: boolean;
}

/** What is told of one code. */
export interface CodeFacts {
  readonly code: string;
  readonly order: number;
  readonly blocks: number;
  readonly absolute: number;
  readonly signed: number;
  readonly leastAbsolute: number;
  readonly leastSigned: number;
  readonly bytes: number;
}

const DEFAULTS = "hadamard,product:8,orthogonal,simplex,orthoplex";

export function addCodesCommand(program: Command): void {
  program
    .command("codes")
    .description("Tells how far apart the class vectors of a head or of codes are, and draws their cosines.")
    .argument("[head]", "a safetensors file of a fixed head; otherwise give --features and --classes")
    .option("--features <number>", "width of a row of features")
    .option("--classes <number>", "number of classes")
    .option("--codes <list>", "codes to look at, a product code with its width", DEFAULTS)
    .option("--seed <number>", "of the codes that draw something at random", "0")
    .option(
      "--picture <file>",
      "draws the cosines between classes, as .svg or .png; of several codes one file each",
    )
    .option("--shown <classes>", "classes in a picture, from the first", "160")
    .option("--json", "the same as JSON")
    .action(async (file: string | undefined, options: CodesOptions) => {
      await codes(file, options);
    });
}

async function codes(file: string | undefined, options: CodesOptions): Promise<void> {
  const shown = integer("--shown", options.shown, 2);
  const { picture } = options;
  if (picture !== undefined && ![".svg", ".png"].includes(extname(picture)))
    throw new Problem(`--picture ${picture}: pictures are .svg or .png files; give a name that ends so`);
  const { heads, refused } = file === undefined ? headsOf(options) : { heads: [headOf(file)], refused: [] };
  if (heads.length === 0) throw new Problem(`no code fits:\n${refused.join("\n")}`);
  const facts = heads.map(({ name, head }) => factsOf(name, head));
  console.log(options.json === true ? JSON.stringify(facts, null, 1) : tableOf(heads[0].head, facts));
  for (const reason of refused) console.error(reason);
  if (picture === undefined) return;
  for (const { name, head } of heads) {
    const path = heads.length === 1 ? picture : besides(picture, name);
    const count = Math.min(shown, head.classes);
    const gram = gramMatrix(classVectors(head, count), count);
    const title = `${name}, ${head.features} features: cosines of ${count === head.classes ? "all" : "the first"} ${count} classes`;
    writeWhole(path, extname(path) === ".png" ? await pngOf(gram, count) : await svgOf(gram, count, title));
    if (options.json !== true) console.log(`The cosines of ${name}: ${path}`);
  }
}

interface Named {
  readonly name: string;
  readonly head: FixedClassifier;
}

function headOf(file: string): Named {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    throw new Problem(`${file} cannot be read: ${(error as Error).message}; give the path of a head`, {
      cause: error,
    });
  }
  try {
    const head = FixedClassifier.fromSafetensors(bytes);
    return { name: head.code.name, head };
  } catch (error) {
    const { message } = error as Error;
    throw new Problem(
      `${file} is no head of fixed-classifier: ${message}; \`info ${file}\` tells what it is`,
      { cause: error },
    );
  }
}

/** Codes that there are for this shape, and why others are not. */
function headsOf(options: CodesOptions): { heads: Named[]; refused: string[] } {
  if (options.features === undefined || options.classes === undefined)
    throw new Problem("no head is named: name its file, or give --features and --classes");
  const features = integer("--features", options.features, 1);
  const classes = integer("--classes", options.classes, 1);
  const seed = integer("--seed", options.seed, 0);
  const heads: Named[] = [];
  const refused: string[] = [];
  for (const name of options.codes.split(",").map((text) => text.trim())) {
    try {
      heads.push({ name, head: new FixedClassifier({ features, classes, code: codeOf(name), seed }) });
    } catch (error) {
      if (!(error instanceof RangeError || error instanceof TypeError)) throw error;
      refused.push(`${name}: ${error.message}`);
    }
  }
  return { heads, refused };
}

function codeOf(text: string): NonNullable<FixedClassifierOptions["code"]> {
  const [name, width] = text.split(":");
  if (width === undefined) return name as Extract<FixedClassifierOptions["code"], string>;
  if (name !== "product")
    throw new RangeError(`only product codes have a width, as in product:8; leave ":${width}" out`);
  return { name, width: integer("the width of a product code", width, 2) };
}

export function factsOf(code: string, head: FixedClassifier): CodeFacts {
  const { order, blocks, coherence } = head.code;
  const { features, classes } = head;
  return {
    code,
    order,
    blocks,
    absolute: coherence.absolute,
    signed: coherence.signed,
    // Opposite vectors are one line: of C classes there are at least C/2.
    leastAbsolute: leastAbsolute(features, Math.ceil(classes / 2)),
    leastSigned: leastSigned(features, classes),
    bytes: head.toSafetensors().byteLength,
  };
}

function tableOf({ features, classes }: FixedClassifier, facts: readonly CodeFacts[]): string {
  const table = new Table({
    head: ["code", "order", "worst |cos|", "worst cos", "bytes of a head"],
    style: { head: [], border: [] },
    colAligns: ["left", "right", "right", "right", "right"],
  });
  const number = (value: number): string => (Math.abs(value) < 1e-6 ? "0" : value.toFixed(4));
  for (const { code, order, absolute, signed, bytes } of facts) {
    table.push([
      code,
      order === 0 ? "–" : order.toLocaleString("en"),
      number(absolute),
      number(signed),
      bytes.toLocaleString("en"),
    ]);
  }
  const [{ leastAbsolute: lines, leastSigned: vectors }] = facts;
  const dense = (4 * (features + 1) * classes).toLocaleString("en");
  return `${features.toLocaleString("en")} features, ${classes.toLocaleString("en")} classes\n${table}\nNo code has its worst |cos| below ${number(lines)} or its worst cos below ${number(vectors)}. A dense layer takes ${dense} bytes.`;
}

/** "gram.svg" of product:8 is "gram-product-8.svg". */
const besides = (path: string, name: string): string => {
  const ending = extname(path);
  return `${path.slice(0, -ending.length)}-${name.replaceAll(":", "-")}${ending}`;
};

function integer(name: string, text: string, min: number): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isSafeInteger(value) || value < min)
    throw new Problem(`${name} is "${text}": give an integer from ${min}`);
  return value;
}
