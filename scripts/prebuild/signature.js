// The signature in an addon for macOS: on arm64 the system ends a process that loads code whose pages do not have the hashes that it states. One
// without a certificate ("ad hoc") is enough for code that npm brings. The layout is that of Apple's cs_blobs.h.
import { createHash } from "node:crypto";

const LC_CODE_SIGNATURE = 0x1d;
const SUPER_BLOB = 0xfade0cc0;
const CODE_DIRECTORY = 0xfade0c02;
const SHA256 = 2;

/**
 * What is wrong with the signature of a Mach-O file, or null.
 * @param {Buffer} file
 */
export function signatureFault(file) {
  const at = signatureOf(file);
  if (at === null) return "it is not signed";
  if (file.readUInt32BE(at) !== SUPER_BLOB) return "what should be its signature is something else";
  const directory = at + directoryIn(file.subarray(at));
  if (file.readUInt32BE(directory) !== CODE_DIRECTORY) return "its signature has no code directory";
  const [hashes, , , slots, limit] = [0, 1, 2, 3, 4].map((i) => file.readUInt32BE(directory + 16 + 4 * i));
  const [size, type, , logOfPage] = file.subarray(directory + 36, directory + 40);
  if (type !== SHA256) return `its pages have hashes of the type ${type}, not SHA-256`;
  const page = 2 ** logOfPage;
  if (limit !== at || slots !== Math.ceil(limit / page)) return "its signature is for another length";
  for (let i = 0; i < slots; i++) {
    const hash = createHash("sha256")
      .update(file.subarray(i * page, Math.min((i + 1) * page, limit)))
      .digest();
    const stated = directory + hashes + i * size;
    if (!hash.subarray(0, size).equals(file.subarray(stated, stated + size)))
      return `page ${i} is not the one that was signed`;
  }
  return null;
}

/**
 * Where the signature begins, by the load command for it.
 * @param {Buffer} file
 */
function signatureOf(file) {
  let at = 32;
  for (let commands = file.readUInt32LE(16); commands > 0; commands--) {
    if (file.readUInt32LE(at) === LC_CODE_SIGNATURE) return file.readUInt32LE(at + 8);
    at += file.readUInt32LE(at + 4);
  }
  return null;
}

/**
 * Where the directory of the hashes begins: it has the type 0 in the index.
 * @param {Buffer} blob
 */
function directoryIn(blob) {
  const count = blob.readUInt32BE(8);
  for (let i = 0; i < count; i++) {
    if (blob.readUInt32BE(12 + 8 * i) === 0) return blob.readUInt32BE(16 + 8 * i);
  }
  return 0;
}
