import { createHash } from "node:crypto";
import type { Dataset, Inputs, Part } from "../data/dataset.js";
import { type Loaded, loadInputs } from "../data/index.js";
import type { TrainOptions } from "../options/train.js";
import { Problem } from "../problem.js";
import { holdOutClasses } from "./energy/hold-out.js";
import { type InputView, viewOf } from "./mapper/file.js";
import { mapperFeatures } from "./mapper/fit.js";

/** Rows that are of no class of the data. */
export interface Others {
  readonly sets: readonly { readonly name: string; readonly part: Part }[];
  /** What fine-tuning may learn from. */
  readonly tune: Part | null;
}

/** Data with what other files are read by. */
export type Laid = Dataset & Pick<Loaded, "layout">;

export interface Prepared {
  readonly dataset: Laid;
  readonly others: Others;
  /** What models look at instead of the inputs; null where they look at these. */
  readonly view: InputView | null;
}

/** Of another file than the data: read once, whatever the fold. */
export interface OtherFile {
  readonly name: string;
  readonly test: Part;
  readonly train: Part | null;
  readonly hash: string;
}

/** Rows of `--ood`, by the columns and scales of the data. */
export async function readOthers(options: TrainOptions, like: Loaded): Promise<OtherFile | null> {
  const { ood } = options;
  if (ood === null) return null;
  const read = async (part: "train" | "test") =>
    loadInputs(ood, { memory: options.memory * 2 ** 20, labels: "ignored", part }, like.layout);
  const test = await read("test");
  const path = ood.join(", ");
  let train: Part | null = null;
  if (options["energy-tune"] > 0 && options["energy-classes"] === null) {
    const found = await read("train");
    if (found.hash === test.hash)
      throw new Problem(
        `${path} has one part, and fine-tuning is not to learn from the rows that it is measured by. Give files with a training and a test part, or --energy-classes`,
      );
    train = strangers(found.inputs);
  }
  return { name: path, test: strangers(test.inputs), train, hash: test.hash };
}

/** Classes are held out, and inputs become what `--features` says; a data set stays as it is where neither is asked for. */
export function prepare(data: Laid, options: TrainOptions, file: OtherFile | null): Prepared {
  const sets: { name: string; part: Part }[] = [];
  let dataset: Laid = data;
  let tune: Part | null = file?.train ?? null;
  const measured = options["ood-classes"];
  const learned = options["energy-classes"];
  if (measured !== null || learned !== null) {
    const twice = learned?.find((name) => measured?.includes(name));
    if (twice !== undefined)
      throw new Problem(`"${twice}" is among --ood-classes and --energy-classes: it can be one of them`);
    const held = holdOutClasses(data, [measured ?? [], learned ?? []]);
    dataset = { ...held.data, layout: layoutWithout(data, held.data.classes) };
    if (measured !== null) sets.push({ name: measured.join(", "), part: held.groups[0].test });
    if (learned !== null) tune = held.groups[1].train;
  }
  if (file !== null) sets.push({ name: file.name, part: file.test });
  const others: Others = { sets, tune };
  if (options.features === "inputs") return { dataset, others, view: null };
  return withMapper(dataset, others, options);
}

function withMapper(data: Laid, others: Others, options: TrainOptions): Prepared {
  const settings = {
    lens: options["mapper-lens"],
    intervals: options["mapper-intervals"],
    overlap: options["mapper-overlap"],
    clustering: options["mapper-clustering"],
  };
  const features = mapperFeatures(data.train.inputs, settings);
  const view = { features, appended: options.features === "inputs+mapper" };
  const of = ({ inputs, labels }: Part): Part => ({
    inputs: viewOf(view, inputs),
    labels,
  });
  const hash = createHash("sha256").update(JSON.stringify([data.hash, options.features, settings]));
  return {
    dataset: {
      ...data,
      train: of(data.train),
      validation: of(data.validation),
      test: of(data.test),
      hash: hash.digest("hex"),
      notes: [
        ...data.notes,
        `Mapper found ${features.columns.length} clusters, which are the columns ${view.appended ? "behind those " : ""}of the inputs.`,
      ],
    },
    others: {
      sets: others.sets.map(({ name, part }) => ({ name, part: of(part) })),
      tune: others.tune === null ? null : of(others.tune),
    },
    view,
  };
}

function layoutWithout({ layout, classes }: Laid, left: readonly string[]): Loaded["layout"] {
  const labels = layout.labels.filter((_, c) => left.includes(classes[c]));
  return { ...layout, classes: left, labels };
}

const strangers = (inputs: Inputs): Part => ({ inputs, labels: new Int32Array(inputs.rows).fill(-1) });
