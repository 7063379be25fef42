// Product codes of 2^18 words or more, which the addon does not copy: what becomes of a head whose words go away.

import { expect, test } from "@jest/globals";
import { type Backend, FixedClassifier } from "../../lib/index.js";
import type { ProductTable } from "../../lib/table.js";
import { onEachBackend } from "../support/backends.js";
import { expectSameBits } from "../support/bits.js";
import { floats, labels } from "../support/random.js";

const FEATURES = 256;
/** 8 words a class at width 4, so 2^18 in all. */
const CLASSES = 2 ** 15;
const ROWS = 2;
const x = floats(ROWS * FEATURES, 1);
const shape = { features: FEATURES, classes: CLASSES };
/** Those of random vectors. */
const packed = wordsOf(new FixedClassifier({ ...shape, code: "product" }));

const GONE = /the class vectors of the head are gone.*make the head again/;

function headOn(backend: Backend): FixedClassifier {
  return new FixedClassifier({ ...shape, code: { name: "product", packed }, backend });
}

function wordsOf(head: FixedClassifier): Uint32Array<ArrayBuffer> {
  return (head.code.table as ProductTable).packed as Uint32Array<ArrayBuffer>;
}

/** Transfers the words away; they are those of another head then. */
function transfer(head: FixedClassifier): void {
  const words = wordsOf(head);
  expect(words.length).toBeGreaterThanOrEqual(2 ** 18);
  const { buffer } = words;
  const taken = structuredClone(buffer, { transfer: [buffer] });
  new Uint32Array(taken).fill(0xffff_ffff);
}

/** Every operation that reads the words. */
const OPERATIONS: Record<string, (head: FixedClassifier) => unknown> = {
  forward: (head) => head.forward(x),
  plan: (head) => head.plan(x)(),
  forwardAsync: (head) => head.forwardAsync(x),
  topK: (head) => head.topK(x, 3),
  probabilities: (head) => head.probabilities(x),
  "probabilities of classes": (head) => head.probabilities(x, { classes: [3, 1] }),
  logSumExp: (head) => head.logSumExp(x),
  backward: (head) => head.backward(x, floats(ROWS * CLASSES, 2)),
  lossAndGradient: (head) => head.lossAndGradient(x, labels(ROWS, CLASSES, 3)),
};

/** Awaits an answer; null if the head has refused. */
async function answerOf<T>(run: () => T | Promise<T>): Promise<T | null> {
  try {
    return await run();
  } catch (error) {
    // By its name: the addon's errors are not of the realm that Jest runs tests in.
    expect(error).toMatchObject({ name: "TypeError", message: expect.stringMatching(GONE) });
    return null;
  }
}

onEachBackend((backend) => {
  test.each(Object.entries(OPERATIONS))("%s of a head whose words were transferred", async (_, run) => {
    const head = headOn(backend);
    const before = head.forward(x);
    transfer(head);
    // A backend with a copy goes on with that, and then answers everything.
    const answer = await answerOf(() => run(head));
    const after = await answerOf(() => head.forward(x));
    expect(answer === null).toBe(after === null);
    if (after !== null) expectSameBits(after, before);
  });

  test("words are transferred after a plan was made, and while forwardAsync runs", async () => {
    const [planned, running] = [headOn(backend), headOn(backend)];
    const before = planned.forward(x);
    const forward = planned.plan(x);
    const promise = answerOf(() => running.forwardAsync(x));
    transfer(planned);
    transfer(running);
    const answers = [
      await answerOf(forward),
      await promise,
      // What was made for them is the head's from then on.
      await answerOf(() => planned.forward(x)),
      await answerOf(() => running.forwardAsync(x)),
    ];
    if (backend.name === "native") expect(answers).not.toContain(null);
    for (const answer of answers) if (answer !== null) expectSameBits(answer, before);
  });
});
