// Makes heads of trained dense layers, and counts how often their best class is that of the layer.
// `npm run agreement -- --help` tells the options.
import { Command } from "commander";
import { installLibraries } from "./setup.js";

/** @type {{ intents?: string, images?: string }} */
const { intents, images } = new Command("npm run agreement --")
  .description(
    "Rounds trained dense layers, and writes how often the best class is theirs to docs/trained-heads.md.",
  )
  .option("--intents <folder>", "CLINC150: train_x_f16.npy, train_y_u8.npy and those of val and test")
  .option("--images <folder>", "photographs of what ImageNet has classes for: JPEG, PNG or WebP")
  .allowExcessArguments(false)
  .parse()
  .opts();
if (intents === undefined && images === undefined) {
  console.error("error: give --intents, --images or both; --help tells more");
  process.exit(1);
}
installLibraries();
const { keeper } = await import("./report.js");
if (intents !== undefined) {
  const { measureIntents, measureSentences } = await import("./intents/measure.js");
  await measureIntents(intents, keeper("intents"));
  await measureSentences(intents, keeper("sentences"));
}
if (images !== undefined) {
  const { measureImages } = await import("./images/measure.js");
  await measureImages(images, keeper("images"));
}
