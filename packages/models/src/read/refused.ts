/** What can run code when it is loaded, and so is never loaded: the message says how to save the same without it. */

import { join } from "node:path";
import { Problem } from "../problem.js";
import { beginsWith, type Format, type Place } from "./format.js";

const TORCH = /\.(?:bin|pt|pth|ckpt)$/i;
const PICKLES = /\.(?:pkl|pickle|joblib)$/i;

export const pickles: Format = {
  name: "pickle",
  recognises: (place) => pickleIn(place) !== null,
  async read(place) {
    const name = pickleIn(place) as string;
    const file = place.entries === null ? name : join(place.path, name);
    throw new Problem(
      TORCH.test(name)
        ? `${file} is a pickle, which can run code when it is loaded, and is not read. Save the weights as safetensors: in Python, safetensors.torch.save_file(model.state_dict(), "model.safetensors")`
        : `${file} is a pickle, which can run code when it is loaded, and is not read. Export the arrays of the classifier: in Python, numpy.save("weights.npy", model.coef_) and numpy.save("bias.npy", model.intercept_); then read weights.npy with the option bias: "bias.npy"`,
    );
  },
};

/** The file itself, or the one in a folder that nothing else was recognised in; null where there is none. */
function pickleIn(place: Place): string | null {
  const { path, entries } = place;
  if (entries === null) return TORCH.test(path) || PICKLES.test(path) || isPickle(place) ? path : null;
  const names = [...entries];
  return names.find((name) => PICKLES.test(name)) ?? names.find((name) => TORCH.test(name)) ?? null;
}

/** Protocols 2 to 5 begin so. */
const isPickle = (place: Place): boolean =>
  beginsWith(place, 0x80) && place.start[1] >= 2 && place.start[1] <= 5;
