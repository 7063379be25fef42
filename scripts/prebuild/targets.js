/**
 * What `npm run prebuild` builds, one a line: names as in lib/backends/native/candidates.ts, and what Zig calls them. The version behind a Linux
 * is the oldest glibc, that behind macOS the oldest macOS.
 * @type {Readonly<Record<string, string>>}
 */
export const TARGETS = {
  "linux-x64": "x86_64-linux-gnu.2.17",
  "linux-x64-musl": "x86_64-linux-musl",
  "linux-arm64": "aarch64-linux-gnu.2.17",
  "linux-arm64-musl": "aarch64-linux-musl",
  "darwin-x64": "x86_64-macos.11.0",
  "darwin-arm64": "aarch64-macos.11.0",
  "win32-x64": "x86_64-windows-gnu",
  "win32-arm64": "aarch64-windows-gnu",
};
