import { testStructure } from "../../structure.js";

testStructure(new URL("../src", import.meta.url), {
  engine: [],
  metrics: [],
  data: [],
  trunks: ["engine", "training"],
  codes: [],
  heads: ["engine", "training", "codes"],
  report: ["metrics", "training"],
});
