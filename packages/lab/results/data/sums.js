// Prints the sha256 of every file of the named data, for whoever adds some or changes how they are made: SHARED=… node sums.js letters
import { gather, sha256 } from "../fetch/provide.js";
import { SOURCES } from "./index.js";

for (const source of SOURCES.filter(({ name }) => process.argv.includes(name))) {
  for (const [name, path] of Object.entries(await gather(source, process.env.SHARED))) {
    console.log(`"${name}": "${await sha256(path)}",`);
  }
}
