export default { ssr: { noExternal: ["fixed-classifier"] } };
