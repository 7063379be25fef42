import type { Head } from "../../heads/head.js";
import { Random } from "../../random.js";
import { variable } from "../../training/parameter.js";
import type { Trunk } from "../../trunks/trunk.js";
import { GradientSum } from "../gradients.js";
import { type Batch, Diverged, type Objective } from "../objective.js";
import { ReplayBuffer } from "./buffer.js";
import { descend, type LangevinOptions } from "./langevin.js";
import { EnergyModel } from "./model.js";

export interface JemOptions extends LangevinOptions {
  readonly buffer: number;
  /** The probability that a chain starts anew. */
  readonly reinit: number;
  /** Of E(x) − E(sample) beside the cross-entropy. */
  readonly weight: number;
  /** Mean energies farther apart than this are taken for the end. */
  readonly bound: number;
}

export const JEM_DEFAULTS: JemOptions = {
  steps: 20,
  stepSize: 1,
  noise: 0.01,
  buffer: 10_000,
  reinit: 0.05,
  weight: 1,
  bound: 1000,
};

export interface JointModel {
  /** Made with gradients by its inputs. */
  readonly trunk: Trunk;
  readonly head: Head;
  readonly classes: number;
  /** Numbers of a row of inputs. */
  readonly width: number;
}

export interface JointObjective extends Objective {
  /** Mean energies of the last step. */
  readonly energies: { readonly real: number; readonly sample: number };
  readonly buffer: ReplayBuffer;
}

/**
 * The joint energy model (Grathwohl et al., *Your classifier is secretly an energy based model and you should treat it like one*, ICLR
 * 2020): cross-entropy + E(x) − E(sample), whose gradient is that of −ln p(y | x) − ln p(x) where samples come from p.
 */
export function jointEnergy(
  { trunk, head, classes, width }: JointModel,
  seed: number,
  options: JemOptions = JEM_DEFAULTS,
): JointObjective {
  const model = new EnergyModel(trunk, head, classes);
  const buffer = new ReplayBuffer(options.buffer, width, new Random(seed, "jem", "buffer"));
  const sums = { trunk: new GradientSum(trunk.parameters), head: new GradientSum(head.parameters) };
  const last = variable("jem.energies", [2]);

  return {
    buffer,
    get energies() {
      return { real: last.value[0], sample: last.value[1] };
    },
    variables: [...buffer.variables, last],
    async step({ inputs, labels, epoch, step }: Batch) {
      const rows = labels.length;
      const random = (purpose: string) => new Random(seed, "jem", purpose, epoch, step);
      const x = new Float32Array(rows * width);
      const places = buffer.draw(x, options.reinit, random("draw"));
      await descend(model, x, options, random("langevin"));

      const features = (await trunk.forward(inputs, random("dropout"))).slice();
      const own = await head.step(features, labels);
      const gradient = own.gradient.slice();
      sums.head.add();
      const share = options.weight / rows;
      const real = await model.stepFrom(features, () => new Float64Array(rows).fill(share), gradient);
      sums.head.add();
      sums.trunk.add();

      const restore = model.keepStatistics();
      const sampled = await model.step(x, random("dropout of samples"), () =>
        new Float64Array(rows).fill(-share),
      );
      restore();
      sums.head.add();
      sums.trunk.add();
      sums.head.take();
      sums.trunk.take();

      const means = { real: mean(real), sample: mean(sampled) };
      last.value.set([means.real, means.sample]);
      const apart = means.real - means.sample;
      const loss = own.loss + options.weight * apart;
      if (!Number.isFinite(loss) || Math.abs(apart) > options.bound || !x.every(Number.isFinite))
        throw new Diverged(
          `energies of images and of samples are ${means.real.toPrecision(3)} and ${means.sample.toPrecision(3)}: train with a lower rate, a smaller --jem-weight or more --jem-steps`,
        );
      buffer.put(places, x);
      return { loss, correct: own.correct };
    },
  };
}

const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;
