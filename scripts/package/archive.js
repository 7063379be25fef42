/** What is in the archive and how large that is; the links of the README lead to something. */

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const MEGABYTE = 1e6;
const MOST = { size: 3.5 * MEGABYTE, unpackedSize: 9 * MEGABYTE };
const WANTED =
  /^(bin\/fixed-classifier\.js|package\.json|README\.md|CHANGELOG\.md|CONTRIBUTING\.md|LICENSE|dist\/[^/]+|(tfjs|wasm)\/package\.json|docs\/.*\.(md|png)|prebuilds\/[^/]+\/fixed_classifier\.(node|json))$/;

/** @param {import("./install.js").Installed} installed */
export function archive({ folder, files, size, unpackedSize }) {
  const unwanted = files.filter((file) => !WANTED.test(file));
  if (unwanted.length > 0) throw new Error(`these do not belong there: ${unwanted.join(", ")}`);
  const sizes = `${(size / MEGABYTE).toFixed(2)} MB, unpacked ${(unpackedSize / MEGABYTE).toFixed(2)} MB`;
  if (size > MOST.size || unpackedSize > MOST.unpackedSize) throw new Error(`too large: ${sizes}`);
  const links = linksOf(readFileSync(join(folder, "README.md"), "utf8"));
  const dead = links.filter((link) => !/^(https?:|#)/.test(link) && !existsSync(join(folder, pathOf(link))));
  if (dead.length > 0) throw new Error(`links of the README to nothing: ${dead.join(", ")}`);
  return `${files.length} files, ${sizes}; ${links.length} links of the README lead somewhere`;
}

/** @param {string} link */
const pathOf = (link) => decodeURI(link.replace(/#.*/, ""));

/** @param {string} markdown */
const linksOf = (markdown) => [...markdown.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link);
