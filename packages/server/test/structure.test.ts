import { testStructure } from "../../structure.js";

testStructure(new URL("../src", import.meta.url), {
  inference: [],
  execution: ["inference"],
  // Transports know what an inference is, who may ask for one, and nothing of each other.
  rest: ["inference", "security"],
  grpc: ["inference", "security"],
});
