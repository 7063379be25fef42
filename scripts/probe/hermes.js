// The probe in Hermes alone, which has nothing of what React Native adds to it; the probe itself needs a hash, a clock and text as bytes.
import { sha256 } from "@noble/hashes/sha2.js";
import * as api from "fixed-classifier";
import { probe } from "./probe.js";

/** @typedef {(text: string) => void} Print */

const print = /** @type {{ print?: Print }} */ (globalThis).print ?? console.log;

class Text {
  /** @param {string} text of ASCII */
  encode(text) {
    return Uint8Array.from(text, (character) => character.charCodeAt(0));
  }
}

class Parts {
  /** @param {Uint8Array[]} parts */
  constructor(parts) {
    this.parts = parts;
  }

  async arrayBuffer() {
    const hash = sha256.create();
    for (const part of this.parts) hash.update(part);
    return hash.digest().buffer;
  }
}

Object.assign(globalThis, {
  TextEncoder: Text,
  Blob: Parts,
  crypto: { subtle: { digest: (/** @type {string} */ _, /** @type {ArrayBuffer} */ hashed) => hashed } },
});

probe(api, () => Date.now()).then(
  (result) => print(JSON.stringify(result)),
  (error) => print(`${error}\n${error?.stack}`),
);
