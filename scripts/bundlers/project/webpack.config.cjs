/** Settings of `--env`: what is built, for `page` or `server`, as `module` or not, and whether the package stays `external`. */
module.exports = ({ page, module, external, output }) => ({
  mode: "production",
  target: page ? "web" : "node",
  entry: page ? "./src/page.js" : "./src/server.js",
  experiments: { outputModule: Boolean(module) },
  output: {
    module: Boolean(module),
    path: output,
    filename: page ? "page.js" : module ? "server.mjs" : "server.cjs",
  },
  ...(external && {
    externals: { "fixed-classifier": `${module ? "module" : "commonjs"} fixed-classifier` },
  }),
});
