import { type Command, Option } from "commander";
import type { ReadOptions } from "../read/index.js";

export interface ReadFlags {
  output?: string;
  weights?: string;
  bias?: string;
  layout?: "classes-first" | "features-first";
}

/** What several commands ask of a model's file. */
export const addReadOptions = (command: Command): Command =>
  command
    .option("--output <name>", "of ONNX models with several: the output that the last layer makes")
    .option("--weights <name>", "the tensor or layer that is the last one, where several could be")
    .option("--bias <name>", "of NumPy arrays: the file of the bias, in an .npz its name")
    .addOption(
      new Option("--layout <which>", "of NumPy arrays: which way round the weights are").choices([
        "classes-first",
        "features-first",
      ]),
    );

export const readOptionsOf = ({ output, weights, bias, layout }: ReadFlags): ReadOptions => ({
  ...(output === undefined ? {} : { output }),
  ...(weights === undefined ? {} : { weights }),
  ...(bias === undefined ? {} : { bias }),
  ...(layout === undefined ? {} : { layout }),
});
