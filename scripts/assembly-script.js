// Compiles AssemblyScript to the bytes of a module, in memory.
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";

const root = fileURLToPath(new URL("..", import.meta.url));

// No relaxed SIMD, whose results differ between machines; nothing to import, so that bytes are all a host needs.
const OPTIONS = ["--runtime", "stub", "--use", "abort=", "--noAssert", "-O3", "--converge"];

/**
 * @param {string} entry a file, from the root of the repository
 * @param {boolean} simd
 */
export async function compileAssemblyScript(entry, simd) {
  /** @type {Buffer<ArrayBuffer> | undefined} */
  let binary;
  const { error, stderr } = await asc.main(
    [entry, "--baseDir", root, "--outFile", "binary", simd ? "--enable" : "--disable", "simd", ...OPTIONS],
    {
      writeFile(name, contents) {
        if (name === "binary") binary = Buffer.from(contents);
      },
    },
  );
  if (error || binary === undefined) throw new Error(`${entry} does not compile\n${stderr}`);
  return binary;
}
