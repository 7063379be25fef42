// The worker that measures heads; the page ends it when all is measured, which gives its memory back.
import { backend } from "fixed-classifier";
import { startTensorFlow } from "../tensorflow/start.js";
import { type Call, denseHead, fixedHead } from "../timing/heads.js";
import { CLASS_COUNTS, denseBytes, medianTime } from "../timing/measure.js";
import { messageOf, type TimerReply, type TimerRequest, type TrainerRequest } from "./messages.js";
import { pause } from "./pause.js";

const reply = (message: TimerReply): void => postMessage(message);

addEventListener("message", ({ data }: MessageEvent<TimerRequest | TrainerRequest>) => {
  if (data.type !== "measure") return;
  measure(data.memory).catch((error) => reply({ type: "failed", message: messageOf(error) }));
});

/** @param memory the bytes that a dense matrix may take */
async function measure(memory: number): Promise<void> {
  const dense = `TensorFlow.js, ${await startTensorFlow()}`;
  reply({ type: "runtime", fixed: `fixed-classifier, ${backend.name} ${backend.instructionSet}`, dense });
  for (const classes of CLASS_COUNTS) {
    const fixed = await microseconds(fixedHead(classes));
    const timing = denseBytes(classes) <= memory ? await microseconds(denseHead(classes)) : null;
    reply({ type: "timing", timing: { classes, fixed, dense: timing } });
  }
  reply({ type: "done" });
}

async function microseconds({ call, dispose }: Call): Promise<number> {
  try {
    return 1000 * (await medianTime(call, pause));
  } finally {
    dispose();
  }
}
