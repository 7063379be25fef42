import { join } from "node:path";

// Next.js takes the uppermost folder with a lock file, which is another in a checkout.
const root = join(import.meta.dirname, "..");

export default {
  distDir: process.env.DIST,
  outputFileTracingRoot: root,
  turbopack: { root },
  ...(process.env.STANDALONE && {
    output: "standalone",
    // What docs/bundlers.md says, for an application whose node_modules is a folder further up.
    serverExternalPackages: ["fixed-classifier"],
    outputFileTracingIncludes: {
      "/*": ["../node_modules/fixed-classifier/{dist/index.*,prebuilds/linux-*/*}"],
    },
  }),
};
