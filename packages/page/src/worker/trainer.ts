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
/** The accuracy takes a while, so not every point has one. */
const POINTS_AN_ACCURACY = 3;
/** How long the worker goes on before it looks at its messages, in milliseconds. */
const SLICE = 25;
const GUESSES = 5;

const reply = (message: TrainerReply): void => postMessage(message);

let runtime: Promise<void> | null = null;
let network: tf.LayersModel | null = null;
/** The head of `network`, until that is trained further. */
let head: FixedClassifier | null = null;
let stopping = false;
let trainings = 0;

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
  trainings++;
  const [training, test] = await Promise.all([loadImages("train"), loadImages("test"), start()]);
  const networks = names.map((name) => buildNetwork(name, SEED));
  const fixed = networks[names.indexOf("fixed")] as tf.LayersModel;
  const perHead = (values: readonly number[]): PerHead =>
    Object.fromEntries(names.map((name, i) => [name, values[i]]));
  const accuracies = (): PerHead => perHead(networks.map((each) => accuracy(each, test)));
  use(fixed);

  const run = new Training(networks, training, { epochs, seed: SEED });
  const started = performance.now();
  reply({ type: "point", point: { epoch: 0, loss: null, accuracy: accuracies() } });
  reply({ type: "ready" });
  await follow(run, (losses, measured) => {
    const accuracy = measured ? accuracies() : null;
    reply({ type: "point", point: { epoch: run.epoch, loss: perHead(losses), accuracy } });
  });
  const result: Result = {
    accuracy: accuracies(),
    testImages: test.count,
    parameters: perHead(networks.map((each) => headLayer(each).countParams())),
    epochs: run.epoch,
    seconds: (performance.now() - started) / 1000,
    stopped: run.step < run.steps,
  };
  run.dispose();
  for (const each of networks) if (each !== fixed) each.dispose();
  reply({ type: "trained", result, file: fileOfHead() });
  reply({ type: "kept", problem: await keep(fixed) });
}

/**
 * Trains to the end, or until it is told to stop, and looks at its messages now and then.
 *
 * @param onPoint gets the mean losses since the point before, and whether this one is to have an accuracy
 */
async function follow(run: Training, onPoint: (losses: number[], measured: boolean) => void): Promise<void> {
  /** How many points there are up to a step; the last step of an epoch ends one. */
  const pointsTo = (step: number): number => Math.floor((step * POINTS_AN_EPOCH) / run.stepsAnEpoch);
  let since: number[][] = [];
  let paused = performance.now();
  while (run.step < run.steps && !stopping) {
    since.push(run.next());
    head = null;
    const points = pointsTo(run.step);
    if (points > pointsTo(run.step - 1)) {
      onPoint(means(since), points % POINTS_AN_ACCURACY === 0);
      since = [];
    }
    if (performance.now() - paused > SLICE) {
      await pause();
      paused = performance.now();
    }
  }
}

/** The mean of each column. */
const means = (rows: readonly number[][]): number[] =>
  (rows[0] ?? []).map(
    (_, column) => rows.reduce((sum, row) => sum + (row[column] as number), 0) / rows.length,
  );

async function bringBack(): Promise<void> {
  const before = trainings;
  await start();
  const restored = await restore();
  if (trainings !== before) {
    // The visitor would not wait, and trains another one.
    restored.network?.dispose();
    return;
  }
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
