import { expect, test } from "vitest";
import { Problem } from "../../src/problem.js";
import { readLastLayer } from "../../src/read/index.js";
import { folderOfTest } from "./fixtures/folder.js";

const folder = folderOfTest();
const PICKLE = Uint8Array.of(0x80, 2, 0x7d, 0x71);

test.each(["pytorch_model.bin", "model.pt", "model.pth", "last.ckpt"])(
  "%s is told how to become safetensors",
  async (name) => {
    await expect(readLastLayer(folder.put(name, PICKLE))).rejects.toThrow(
      /can run code.*safetensors\.torch\.save_file/,
    );
  },
);

test.each(["model_head.pkl", "model.joblib", "weights", "of-another-name.dat"])(
  "%s is told how to become arrays",
  async (name) => {
    await expect(readLastLayer(folder.put(name, PICKLE))).rejects.toThrow(
      /can run code.*numpy\.save\("weights\.npy", model\.coef_\)/,
    );
  },
);

test("a folder of pickles is refused as they are", async () => {
  folder.put("config.json", {});
  folder.put("pytorch_model.bin", PICKLE);
  await expect(readLastLayer(folder.at())).rejects.toThrow(/pytorch_model\.bin is a pickle.*save_file/);
});

test("what is of no format is told which there are", async () => {
  const read = readLastLayer(folder.put("notes.txt", "no model"));
  await expect(read).rejects.toThrow(/notes\.txt is of no format that is read: .*safetensors, .*NumPy array/);
  await expect(read).rejects.toBeInstanceOf(Problem);
  await expect(readLastLayer(folder.at("none"))).rejects.toThrow(/none cannot be read/);
});

test.each([{ bias: "b.npy" }, { layout: "classes-first" as const }])(
  "an option that does not count for a format: %j",
  async (options) => {
    const read = readLastLayer(folder.put("model.onnx", "no matter what"), options);
    await expect(read).rejects.toThrow(/model\.onnx says itself what its (bias|layout) is: leave/);
  },
);
