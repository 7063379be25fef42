import type { Part } from "../../data/dataset.js";
import { sizeOf } from "../../data/dataset.js";
import type { Head } from "../../heads/head.js";
import { Random } from "../../random.js";
import type { Trunk } from "../../trunks/trunk.js";
import { addTo, GradientSum } from "../gradients.js";
import { type Batch, Diverged, type Objective } from "../objective.js";
import { hinge, type Margins } from "./margins.js";
import { energies, energyGradient } from "./scores.js";

export interface FineTuning {
  readonly trunk: Trunk;
  readonly head: Head;
  readonly classes: number;
  /** Rows that are of none of the classes; their labels are not looked at. */
  readonly outside: Part;
  readonly margins: Margins;
  /** Of the hinges beside the head's loss; Liu et al. take 0.1. */
  readonly weight: number;
  readonly temperature: number;
  readonly seed: number;
}

/**
 * Energy-bounded learning: the head's loss and hinges on energies, as many other rows as trained ones a step. Each of the two goes through
 * the trunk as a batch of its own.
 */
export function energyFineTuning(settings: FineTuning): Objective {
  const { trunk, head, classes, outside, margins, weight, temperature, seed } = settings;
  const sums = { trunk: new GradientSum(trunk.parameters), head: new GradientSum(head.parameters) };
  const width = sizeOf(outside.inputs);

  /** The hinge of a batch whose features the trunk has just made, and its gradient by them. */
  async function hingeOf(features: Float32Array, side: "inside" | "outside") {
    const logits = (await head.logits(features)).slice();
    const { loss, gradient } = hinge(energies(logits, classes, temperature), side, margins);
    const scaled = gradient.map((g) => weight * g);
    const ofFeatures = await head.backward(features, energyGradient(logits, classes, scaled, temperature));
    sums.head.add();
    return { loss: weight * loss, gradient: ofFeatures };
  }

  return {
    variables: [],
    async step({ inputs, labels, epoch, step }: Batch) {
      const noise = (purpose: string) => new Random(seed, purpose, epoch, step);
      const features = (await trunk.forward(inputs, noise("dropout"))).slice();
      const own = await head.step(features, labels);
      const gradient = own.gradient.slice();
      sums.head.add();
      const inside = await hingeOf(features, "inside");
      addTo(gradient, inside.gradient);
      await trunk.backward(gradient);
      sums.trunk.add();

      const others = new Float32Array(labels.length * width);
      const random = noise("energy");
      outside.inputs.gather(
        Int32Array.from(labels, () => random.integer(outside.inputs.rows)),
        others,
      );
      const strange = (await trunk.forward(others, noise("dropout outside"))).slice();
      const beyond = await hingeOf(strange, "outside");
      await trunk.backward(beyond.gradient);
      sums.trunk.add();

      sums.trunk.take();
      sums.head.take();
      const loss = own.loss + inside.loss + beyond.loss;
      if (!Number.isFinite(loss))
        throw new Diverged("energies are no longer finite: fine-tune with a lower rate or weight");
      return { loss, correct: own.correct };
    },
  };
}
