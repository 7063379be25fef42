/** A module of the type Data, as wrangler.jsonc and scripts/modules.js say. */
declare module "*.safetensors" {
  const bytes: ArrayBuffer;
  export default bytes;
}
