/**
 * What is built, one target a line, named as Node.js names platforms (lib/backends/native/candidates.ts has the same list). `zig` is what Zig calls
 * it, with the oldest glibc and the oldest macOS; `arch` as in binding.gyp.
 * @type {Readonly<Record<string, { zig: string, arch: "x64" | "arm64" }>>}
 */
export const TARGETS = {
  "linux-x64": { zig: "x86_64-linux-gnu.2.17", arch: "x64" },
  "linux-x64-musl": { zig: "x86_64-linux-musl", arch: "x64" },
  "linux-arm64": { zig: "aarch64-linux-gnu.2.17", arch: "arm64" },
  "linux-arm64-musl": { zig: "aarch64-linux-musl", arch: "arm64" },
  "darwin-x64": { zig: "x86_64-macos.11.0", arch: "x64" },
  "darwin-arm64": { zig: "aarch64-macos.11.0", arch: "arm64" },
  "win32-x64": { zig: "x86_64-windows-gnu", arch: "x64" },
  "win32-arm64": { zig: "aarch64-windows-gnu", arch: "arm64" },
};

/** @param {string} target */
export const addonOf = (target) => `prebuilds/${target}/fixed_classifier.node`;

/** What lib/backends/native/intact.ts compares, and what the addon was made of. */
/** @param {string} target */
export const recordOf = (target) => `prebuilds/${target}/fixed_classifier.json`;
