/** The WebAssembly module with SIMD, compiled by whoever imports it as a file, such as Cloudflare Workers. */
declare const module: WebAssembly.Module;
export default module;
