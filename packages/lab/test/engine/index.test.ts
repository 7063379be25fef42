import { afterEach, expect, test, vi } from "vitest";
import { Graph } from "../../src/engine/graph.js";
import { createEngine } from "../../src/engine/index.js";
import { engineOf, type OnnxRuntime } from "../../src/engine/onnxruntime.js";
import { Buffers } from "../../src/engine/program.js";
import { Problem } from "../../src/problem.js";

afterEach(() => {
  vi.doUnmock("onnxruntime-node");
});

test("the native engine is taken where it is, and both tell their version", async () => {
  expect((await createEngine()).description).toMatch(/^native \(onnxruntime-node \d+\.\d+\.\d+\)$/);
  expect((await createEngine("native")).name).toBe("native");
  expect((await createEngine("embedded")).description).toMatch(
    /^embedded \(onnxruntime-web \d+\.\d+\.\d+\)$/,
  );
});

test("where it is not installed, or does not load, the embedded one is taken, or what to do is said", async () => {
  vi.doMock("onnxruntime-node", () => {
    throw new Error("libonnxruntime.so.1: cannot open shared object file");
  });
  expect((await createEngine()).name).toBe("embedded");
  await expect(createEngine("native")).rejects.toThrow(Problem);
  await expect(createEngine("native")).rejects.toThrow(/npm install onnxruntime-node.*--engine embedded/);
});

/** A library that creates sessions and then fails as it is told. */
function failing(message: string): OnnxRuntime {
  return {
    InferenceSession: {
      create: async () => ({
        run: async () => {
          throw new Error(message);
        },
        release: async () => {},
      }),
    },
    Tensor: class {},
    env: {},
  } as unknown as OnnxRuntime;
}

test.each(["failed to call OrtRun(). ERROR_MESSAGE: std::bad_alloc", "Array buffer allocation failed"])(
  "%s: a step that is too large is the user's to mend",
  async (message) => {
    for (const [name, remedy] of [
      ["native", /take a smaller --batch$/],
      ["embedded", /take a smaller --batch, or install the native engine/],
    ] as const) {
      const session = await engineOf(failing(message), name, "").session(new Uint8Array(0), [], []);
      await expect(session.run()).rejects.toThrow(Problem);
      await expect(session.run()).rejects.toThrow(remedy);
    }
  },
);

test("any other failure is a fault, with its own message", async () => {
  const session = await engineOf(failing("no such operator"), "native", "").session(
    new Uint8Array(0),
    [],
    [],
  );
  await expect(session.run()).rejects.not.toThrow(Problem);
  await expect(session.run()).rejects.toThrow("no such operator");
});

test("an array that cannot be had is the user's to mend", async () => {
  const x = new Graph().input("x", [2 ** 20, 2 ** 20]);
  expect(() => new Buffers().of(x)).toThrow(Problem);
  expect(() => new Buffers().of(x)).toThrow(/1,099,511,627,776 numbers; take a smaller --batch/);
});
