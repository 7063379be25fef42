import { DrawSection } from "./sections/draw.js";
import { MeasureSection } from "./sections/measure.js";
import { TrainSection } from "./sections/train.js";
import { element } from "./ui/dom.js";
import { Client, createWorker, type Trainer } from "./worker/client.js";
import type { TrainerReply, TrainerRequest } from "./worker/messages.js";

const runtime = element("runtime", HTMLParagraphElement);

const trainer: Trainer = new Client(
  createWorker,
  (reply: TrainerReply) => {
    if (reply.type === "runtime") {
      runtime.textContent = `Everything runs in this browser; nothing is sent anywhere. The head runs on ${reply.heads}, the layers before it on TensorFlow.js, ${reply.trunk}.`;
    }
    train.receive(reply);
    draw.receive(reply);
  },
  (message) => train.fail(message),
);
const send = (request: TrainerRequest): void => trainer.send(request);

const draw = new DrawSection(send);
const train = new TrainSection(send);
new MeasureSection();
