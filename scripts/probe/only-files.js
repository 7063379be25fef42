// In production Workers take a module of WebAssembly from a file only, and refuse to compile bytes. Here they are made to refuse as well.
/** @returns {never} */
const refuse = () => {
  throw new WebAssembly.CompileError("Wasm code generation disallowed by embedder");
};
const { Module } = WebAssembly;
WebAssembly.Module = new Proxy(Module, { construct: refuse });
for (const name of /** @type {const} */ ([
  "compile",
  "compileStreaming",
  "instantiate",
  "instantiateStreaming",
  "validate",
])) {
  WebAssembly[name] = refuse;
}
