// The worker that trains, and classifies meanwhile.
import type * as tf from "@tensorflow/tfjs";
import { backend, type FixedClassifier } from "fixed-classifier";
import { loadImages } from "../data/fashion-mnist.js";
import { classify } from "../model/classify.js";
import type { HeadName } from "../model/heads.js";
import { buildNetwork, headLayer, headOf } from "../model/network.js";
import { keep, restore } from "../model/storage.js";
import { accuracy, Training } from "../model/training.js";
import { startTensorFlow } from "../tensorflow/start.js";
import { messageOf, type PerHead, type Result, type TrainerReply, type TrainerRequest } from "./messages.js";
import { pause } from "./pause.js";

const SEED = 1;
const POINTS_AN_EPOCH = 12;
const ACCURACIES_AN_EPOCH = 4;
/** How long the worker goes on before it looks at its messages, in milliseconds. */
const SLICE = 25;
const GUESSES = 5;

const reply = (message: TrainerReply): void => postMessage(message);

let runtime: Promise<void> | null = null;
let network: tf.LayersModel | null = null;
/** The head of `network`, until that is trained further. */
let head: FixedClassifier | null = null;
let stopping = false;

addEventListener("message", ({ data }: MessageEvent<TrainerRequest>) => {
  handle(data).catch((error) => reply({ type: "failed", message: messageOf(error) }));
});

async function handle(request: TrainerRequest): Promise<void> {
  switch (request.type) {
    case "train":
      return train(request.heads, request.epochs);
    case "stop":
      stopping = true;
      return;
    case "restore":
      return bringBack();
    case "classify":
      if (network === null) return;
      head ??= headOf(network) as FixedClassifier;
      reply({ type: "classified", id: request.id, guesses: classify(network, head, request.image, GUESSES) });
  }
}

async function start(): Promise<void> {
  runtime ??= startTensorFlow().then((trunk) =>
    reply({ type: "runtime", heads: `${backend.name} ${backend.instructionSet}`, trunk }),
  );
  await runtime;
}

async function train(names: readonly HeadName[], epochs: number): Promise<void> {
  stopping = false;
  const [training, test] = await Promise.all([loadImages("train"), loadImages("test"), start()]);
  const networks = names.map((name) => buildNetwork(name, SEED));
  const perHead = (values: readonly number[]): PerHead =>
    Object.fromEntries(names.map((name, i) => [name, values[i]]));
  use(networks[names.indexOf("fixed")] as tf.LayersModel);

  const run = new Training(networks, training, { epochs, seed: SEED });
  const started = performance.now();
  const accuracies = (): PerHead => perHead(networks.map((each) => accuracy(each, test)));
  reply({ type: "point", point: { epoch: 0, loss: null, accuracy: accuracies() } });
  reply({ type: "ready" });
  const every = (times: number) => Math.max(1, Math.floor(run.stepsAnEpoch / times));
  let sums = networks.map(() => 0);
  let summed = 0;
  let paused = performance.now();
  while (run.step < run.steps && !stopping) {
    const losses = run.next();
    head = null;
    sums = sums.map((sum, i) => sum + (losses[i] as number));
    summed++;
    const last = run.step === run.steps;
    if (last || summed === every(POINTS_AN_EPOCH)) {
      const measured = last || run.step % every(ACCURACIES_AN_EPOCH) < summed;
      const loss = perHead(sums.map((sum) => sum / summed));
      reply({
        type: "point",
        point: { epoch: run.epoch, loss, accuracy: measured ? accuracies() : null },
      });
      sums = networks.map(() => 0);
      summed = 0;
    }
    if (performance.now() - paused > SLICE) {
      await pause();
      paused = performance.now();
    }
  }
  const result: Result = {
    accuracy: accuracies(),
    testImages: test.count,
    parameters: perHead(networks.map((each) => headLayer(each).countParams())),
    epochs: run.epoch,
    seconds: (performance.now() - started) / 1000,
    stopped: run.step < run.steps,
  };
  run.dispose();
  for (const each of networks) if (each !== network) each.dispose();
  reply({ type: "trained", result, file: fileOfHead() });
  reply({ type: "kept", problem: await keep(network as unknown as tf.LayersModel) });
}

async function bringBack(): Promise<void> {
  await start();
  const restored = await restore();
  if (restored.network !== null) use(restored.network);
  reply({
    type: "restored",
    problem: restored.problem,
    file: restored.network === null ? null : fileOfHead(),
  });
}

function use(next: tf.LayersModel): void {
  network?.dispose();
  network = next;
  head = null;
}

const fileOfHead = (): Uint8Array => (headOf(network as tf.LayersModel) as FixedClassifier).toSafetensors();
