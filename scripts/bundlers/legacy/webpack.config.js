/** Settings of `--env`: what is built, for `page` or `server`, and whether the package stays `external`. */
module.exports = ({ page, external, output }) => ({
  mode: "production",
  target: page ? "web" : "node",
  entry: page ? "./src/page.js" : "./src/server.js",
  // By default MD4, which the OpenSSL of Node.js 17 and newer does not have.
  output: { path: output, filename: page ? "page.js" : "server.cjs", hashFunction: "sha256" },
  module: { rules: [{ test: /\.c?js$/, type: "javascript/auto", use: "babel-loader" }] },
  // The names of the file as it runs, by which the package finds what lies beside it.
  node: page ? {} : { __filename: false, __dirname: false },
  ...(external && { externals: { "fixed-classifier": "commonjs fixed-classifier" } }),
});
