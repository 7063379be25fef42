import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { pytorchModule, writeSafetensors } from "../../src/write/index.js";
import { folderOfTest } from "../read/fixtures/folder.js";
import { bytesOf } from "../read/fixtures/numbers.js";
import { CASES, headOf, rowsOf } from "./heads.js";
import { needsTorch, python, runPython } from "./python.js";

const folder = folderOfTest();

/** Of each folder: the logits of its features, and the gradient of their sum by the features. */
const SCRIPT = `
import importlib.util, json, os, sys, torch
torch.set_num_threads(1)
for place in sys.argv[1:]:
    spec = importlib.util.spec_from_file_location("head", os.path.join(place, "fixed_classifier_head.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    head = module.FixedClassifierHead.load(place, "0_FixedClassifierHead")
    with open(os.path.join(place, "x"), "rb") as file:
        x = torch.frombuffer(bytearray(file.read()), dtype=torch.float32).reshape(5, -1).requires_grad_()
    z = head(x)
    assert torch.equal(head({"sentence_embedding": x})["logits"], z)
    assert torch.equal(head(x.reshape(5, 1, -1)), z.reshape(5, 1, -1))
    assert head(x[:0]).shape == (0, z.shape[1])
    z.sum().backward()
    open(os.path.join(place, "z"), "wb").write(z.detach().numpy().tobytes())
    open(os.path.join(place, "g"), "wb").write(x.grad.numpy().tobytes())
`;

const floats = (path: string) => new Float32Array(Uint8Array.from(readFileSync(path)).buffer);
const largest = (values: Float32Array) => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
const difference = (a: Float32Array, b: Float32Array) => largest(a.map((value, i) => value - b[i]));

describe.skipIf(python === null)(`the module of PyTorch${needsTorch}`, () => {
  test("gives the logits and gradients of the head, for every code", () => {
    const heads = Object.keys(CASES).flatMap((name) =>
      [true, false].map((bias) => ({ name, bias, head: headOf(name, bias) })),
    );
    const places = heads.map(({ name, bias, head }, i) => {
      const place = folder.at(String(i));
      writeSafetensors(head, place);
      folder.put(`${i}/x`, bytesOf(rowsOf(head.features)));
      return { name: `${name}${bias ? "" : ", no bias"}`, head, place };
    });
    runPython(
      SCRIPT,
      places.map(({ place }) => place),
    );
    for (const { name, head, place } of places) {
      const x = rowsOf(head.features);
      const logits = head.forward(x);
      const z = floats(`${place}/z`);
      expect(z.length, name).toBe(logits.length);
      expect(difference(z, logits), name).toBeLessThanOrEqual(1e-6 * Math.max(1, largest(logits)));
      // Of rows that are not zero, where the head has no gradient and PyTorch one of 1 / 1e-8.
      const rest = (values: Float32Array) => (head.code.normalised ? values.subarray(head.features) : values);
      const gradient = rest(
        head.backward(x, new Float32Array(logits.length).fill(1)).features as Float32Array,
      );
      expect(difference(rest(floats(`${place}/g`)), gradient), name).toBeLessThanOrEqual(
        1e-5 * largest(gradient),
      );
    }
  });
});

test("the module has the lines that its code needs", () => {
  const lines = (name: string) => pytorchModule(headOf(name)).split("\n").length;
  for (const name of Object.keys(CASES)) expect(lines(name), name).toBeLessThan(75);
  expect(pytorchModule(headOf("learned"))).not.toContain("def transform");
  expect(pytorchModule(headOf("product"))).not.toContain("def rotate");
});

beforeAll(() => {
  if (python === null) console.log(`PyTorch is not judge of the module${needsTorch}`);
});
