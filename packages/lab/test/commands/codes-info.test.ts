import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { FixedClassifier } from "fixed-classifier";
import { afterAll, afterEach, describe, expect, test, vi } from "vitest";
import { addCodesCommand } from "../../src/commands/codes.js";
import { addInfoCommand, info } from "../../src/commands/info.js";

const folder = mkdtempSync(join(tmpdir(), "lab-"));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => vi.restoreAllMocks());

const inFolder = (name: string) => join(folder, name);

/** What a command writes to its standard output. */
async function run(...args: string[]): Promise<string> {
  const lines: string[] = [];
  vi.spyOn(console, "log").mockImplementation((line: string) => void lines.push(line));
  vi.spyOn(console, "error").mockImplementation((line: string) => void lines.push(line));
  const program = new Command("lab").exitOverride();
  addCodesCommand(program);
  addInfoCommand(program);
  await program.parseAsync(args, { from: "user" });
  return lines.join("\n");
}

describe("codes", () => {
  test("as JSON it tells the coherence that the core computes", async () => {
    const shape = { features: 63, classes: 64 };
    const facts = JSON.parse(
      await run("codes", "--features", "63", "--classes", "64", "--codes", "simplex,hadamard", "--json"),
    );
    expect(facts.map(({ code }: { code: string }) => code)).toEqual(["simplex", "hadamard"]);
    for (const { code, signed, absolute } of facts)
      expect({ signed, absolute }).toEqual({ ...new FixedClassifier({ ...shape, code }).code.coherence });
  });

  test("codes that do not fit are named with the reason, the others are told", async () => {
    const text = await run("codes", "--features", "64", "--classes", "20", "--codes", "simplex,product:8");
    expect(text).toMatch(/product:8 +│/);
    expect(text).toMatch(/^simplex: .*the nearest are 63/m);
  });

  test("draws one picture for each code, and of a head in a file", async () => {
    const picture = inFolder("gram.svg");
    await run(
      "codes",
      "--features",
      "16",
      "--classes",
      "20",
      "--codes",
      "hadamard,product:4",
      "--picture",
      picture,
    );
    expect(readFileSync(inFolder("gram-product-4.svg"), "utf8")).toContain(
      "product:4, 16 features: cosines of all 20 classes",
    );
    expect(readFileSync(inFolder("gram-hadamard.svg"), "utf8")).toContain("<image");
    writeFileSync(
      inFolder("head.safetensors"),
      new FixedClassifier({ features: 16, classes: 20 }).toSafetensors(),
    );
    const text = await run(
      "codes",
      inFolder("head.safetensors"),
      "--picture",
      inFolder("one.png"),
      "--shown",
      "4",
    );
    expect(text).toContain("16 features, 20 classes");
    expect(readFileSync(inFolder("one.png")).toString("latin1", 1, 4)).toBe("PNG");
  });

  test.each([
    [["codes"], /--features and --classes/],
    [["codes", "--features", "8", "--classes", "many"], /--classes is "many": give an integer from 1/],
    [
      ["codes", "--features", "8", "--classes", "4", "--codes", "foo"],
      /no code fits:\nfoo: code must be one of/,
    ],
    [
      ["codes", "--features", "8", "--classes", "4", "--picture", "a.gif"],
      /a\.gif: pictures are \.svg or \.png/,
    ],
    [["codes", "/nowhere/head"], /\/nowhere\/head cannot be read/],
  ])("%j is refused with what to do", async (args, message) => {
    await expect(run(...args)).rejects.toThrow(message);
  });
});

describe("info", () => {
  test("a head: its shape, code, scale and tensors", async () => {
    const head = new FixedClassifier({
      features: 32,
      classes: 9,
      code: { name: "product", width: 4 },
      scale: 2.5,
    });
    head.bias?.set([-1, 0, 0, 0, 0, 0, 0, 0, 3]);
    writeFileSync(inFolder("product.safetensors"), head.toSafetensors());
    const text = await run("info", inFolder("product.safetensors"));
    expect(text).toContain("32 features, 9 classes, code product (width 4, ");
    expect(text).toContain("scale 2.50000, biases from -1.00 to 3.00");
    expect(text).toMatch(/bias +│ F32 +│ 9 +│ 36 /);
  });

  /** As the laboratory writes models and checkpoints, and others their tensors. */
  function tensorsFile(name: string, metadata: object | undefined, bytes = 24): string {
    const header = Buffer.from(
      JSON.stringify({
        ...(metadata && { __metadata__: metadata }),
        w: { dtype: "F32", shape: [2, 3], data_offsets: [0, 24] },
      }),
    );
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(header.length));
    writeFileSync(inFolder(name), Buffer.concat([length, header, Buffer.alloc(bytes)]));
    return inFolder(name);
  }

  test("a checkpoint: of what, and where it is", () => {
    const about = {
      settings: { spec: { trunk: "none", head: "cosine", classes: 3 }, seed: 1 },
      progress: { epoch: 2, step: 7 },
    };
    const path = tensorsFile("checkpoint.safetensors", { kind: "checkpoint", about: JSON.stringify(about) });
    expect(info(path)).toContain(
      "A checkpoint of the laboratory, at epoch 2, step 7: trunk none, head cosine, classes 3, seed 1",
    );
    expect(info(path)).toMatch(/w +│ F32 +│ 2 × 3 +│ 24 /);
    expect(info(tensorsFile("others.safetensors", undefined))).toContain("tells nothing more");
  });

  test("results: every run, or a folder that has them", async () => {
    const test = { accuracy: 0.9125, nll: 0.25, ece: 0.031 };
    const results = {
      format: "fixed-classifier-lab 1",
      data: {
        name: "made",
        hash: "abc",
        classes: ["a", "b"],
        shape: [1, 28, 28],
        rows: { train: 1000, validation: 1, test: 2 },
        notes: ["one column is constant"],
      },
      command: "npx fixed-classifier-lab train x.npy",
      environment: { engine: "native", backend: "native avx2", cpu: "a CPU", node: "v20" },
      runs: [
        {
          head: "hadamard",
          seed: 0,
          learningRate: 0.002,
          epochs: [{}, {}],
          status: "done",
          best: { epoch: 2, test },
        },
        { head: "learned", seed: 0, learningRate: 9, epochs: [], status: "failed", best: null },
      ],
      baselines: [{ name: "5 nearest neighbours, cosine", test }],
      seconds: 12.3,
    };
    mkdirSync(inFolder("run"), { recursive: true });
    writeFileSync(join(inFolder("run"), "results.json"), JSON.stringify(results));
    const text = info(inFolder("run"));
    expect(text).toMatch(/hadamard +│ 0 +│ 0\.002 +│ 2 +│ done +│ 2 +│ 91\.25 % +│ 0\.2500 +│ 3\.10 %/);
    expect(text).toMatch(/learned .* failed +│ – /);
    for (const part of [
      "1,000 rows to train on",
      "1 × 28 × 28",
      "one column is constant",
      "5 nearest neighbours, cosine: accuracy 91.25 %",
    ])
      expect(text).toContain(part);
  });

  test("what is no such file is refused, each with its reason", () => {
    writeFileSync(inFolder("text.json"), "{");
    writeFileSync(inFolder("other.json"), "{}");
    writeFileSync(inFolder("short"), "abc");
    writeFileSync(inFolder("text"), "a text that is no file of tensors");
    mkdirSync(inFolder("empty"), { recursive: true });
    expect(() => info(inFolder("nothing"))).toThrow(/there is no .*nothing/);
    expect(() => info(inFolder("text.json"))).toThrow(/text\.json is no JSON/);
    expect(() => info(inFolder("other.json"))).toThrow(/holds no results/);
    expect(() => info(inFolder("short"))).toThrow(/it has 3 bytes/);
    expect(() => info(inFolder("text"))).toThrow(/its header would be longer than the file/);
    expect(() => info(inFolder("empty"))).toThrow(/no results\.json/);
    expect(() => info(tensorsFile("cut", undefined, 20))).toThrow(/cut off within "w"/);
  });
});
