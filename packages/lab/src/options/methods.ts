import { parseAverage } from "../methods/averages/index.js";
import { parseMargins } from "../methods/energy/margins.js";
import { JEM_DEFAULTS } from "../methods/jem/objective.js";
import { CLUSTERINGS } from "../methods/mapper/cluster.js";
import { MAPPER_DEFAULTS } from "../methods/mapper/fit.js";
import { parseLens } from "../methods/mapper/lens.js";
import { entry, orNull } from "./entry.js";
import { checked, flag, integer, list, number, oneOf, text } from "./readers.js";

/** Options of the methods of neighbouring papers, part of those of `train`. */
export const METHOD_OPTIONS = {
  average: entry(
    "<name>",
    "averaged weights beside the last ones: pswa:10, pwalks:10,5, pswm:10,0.5, swa:0.75, lookahead:5,0.5",
    orNull(checked(parseAverage)),
    null as string | null,
  ),
  energy: entry(null, "tells rows of --ood-classes or --ood from the others by their energies", flag, false),
  "ood-classes": entry(
    "<list>",
    "classes that are held out, for their energies to be told from those of the others",
    orNull(list(text)),
    null as readonly string[] | null,
  ),
  ood: entry(
    "<files>",
    "rows of another kind, for the same",
    orNull(list(text)),
    null as readonly string[] | null,
  ),
  "energy-temperature": entry("<number>", "of energies", number(0, 1e6, { above: true }), 1),
  "energy-tune": entry(
    "<epochs>",
    "then fine-tunes with margins for energies, on --energy-classes or the training part of --ood",
    integer(0, 10_000),
    0,
  ),
  "energy-classes": entry(
    "<list>",
    "classes that are held out, for their training rows to be fine-tuned with",
    orNull(list(text)),
    null as readonly string[] | null,
  ),
  "energy-margins": entry(
    "<in,out>",
    "default: the mean energies of validation rows and of the others",
    orNull(checked(parseMargins)),
    null as string | null,
  ),
  "energy-weight": entry("<number>", "of the margins beside the loss", number(0, 1e6), 0.1),
  "energy-rate": entry(
    "<number>",
    "rate of fine-tuning, as a share of --lr",
    number(0, 1, { above: true }),
    0.1,
  ),
  jem: entry(null, "trains a density of inputs along with the classifier, by Langevin dynamics", flag, false),
  "jem-steps": entry("<number>", "steps of a sample", integer(1, 10_000), JEM_DEFAULTS.steps),
  "jem-step-size": entry("<number>", "of a step", number(0, 1e6, { above: true }), JEM_DEFAULTS.stepSize),
  "jem-noise": entry("<number>", "deviation of the noise of a step", number(0, 1e3), JEM_DEFAULTS.noise),
  "jem-buffer": entry(
    "<number>",
    "samples that are gone on from",
    integer(1, 10_000_000),
    JEM_DEFAULTS.buffer,
  ),
  "jem-reinit": entry("<share>", "of samples that start anew", number(0, 1), JEM_DEFAULTS.reinit),
  "jem-weight": entry("<number>", "of the density beside the loss", number(0, 1e6), JEM_DEFAULTS.weight),
  features: entry(
    "<name>",
    "inputs, mapper (columns that tell which clusters of overlapping bins a row is in) or inputs+mapper",
    oneOf(["inputs", "mapper", "inputs+mapper"]),
    "inputs" as "inputs" | "mapper" | "inputs+mapper",
  ),
  "mapper-lens": entry(
    "<name>",
    "what rows are laid into bins by: pca:1, pca:2, pca:3, norm, eccentricity",
    checked(parseLens),
    MAPPER_DEFAULTS.lens,
  ),
  "mapper-intervals": entry(
    "<number>",
    "bins along each number of the lens",
    integer(1, 1000),
    MAPPER_DEFAULTS.intervals,
  ),
  "mapper-overlap": entry(
    "<share>",
    "of a bin that the next one has too",
    number(0, 0.99),
    MAPPER_DEFAULTS.overlap,
  ),
  "mapper-clustering": entry(
    "<name>",
    CLUSTERINGS.join(", "),
    oneOf(CLUSTERINGS),
    MAPPER_DEFAULTS.clustering as (typeof CLUSTERINGS)[number],
  ),
};
