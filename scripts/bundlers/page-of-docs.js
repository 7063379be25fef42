/**
 * The text of docs/bundlers.md around its tables.
 * @param {string} lines
 * @param {string} results
 * @param {string} machine
 */
export const page = (lines, results, machine) => `<!-- written by npm run test:bundlers -->

# Bundlers, frameworks and test runners

\`npm run test:bundlers\` packs the package, installs the tarball into a project without scripts, builds a small program there with everything below, and runs what came out: pages in Chromium, servers on a machine that has nothing else of the project.
It fails where the bits differ or the backend is another than the expected one, where a bundler warns, or where a file comes out that nobody asked for or that has a path of the machine that built it.

## For pages

Nothing is to be set: bundlers take the files of the condition \`browser\`, in which the WebAssembly is text and the addon is not.
A page whose policy forbids WebAssembly gets plain JavaScript.

Tools that do not know the field \`exports\`, such as webpack 4 and Browserify, find the same files by the field \`browser\`, and every entry of the package.
They cannot read the JavaScript of today, as ES2022 is, so Babel has to make it older for them, in \`node_modules\` too; so does Metro, which React Native has.

## For Workers

Bundlers with the condition \`workerd\` or \`edge-light\` take the build that imports \`fixed_classifier.wasm\` as a module; Wrangler has it.
With others, \`fixed-classifier/wasm\` is the path of that file.

## For servers

The addon is a file that no bundle has in it.
A bundle without it runs on WebAssembly, with the same bits, and says so once by a warning with the code \`FIXED_CLASSIFIER_ADDON_LOST\`.
Two ways keep it:

1. Leave the package out of the bundle, and ship \`node_modules/fixed-classifier\` with it: the line of the table.
2. Or copy the folder \`prebuilds\` of the package beside the bundle, or of it only what the server runs on, such as \`prebuilds/linux-x64\`.
   This is the way of programs that are one file; there \`prebuilds\` lies beside the executable.

${lines}

## What came out

Sizes are minified where the bundler minifies (not Rollup, and not the servers of Vite), before compression, and for \`import { backend, FixedClassifier, fwht }\`.

${results}

Run on ${new Date().toISOString().slice(0, 10)} on an ${machine}.
`;
