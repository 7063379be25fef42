import * as api from "fixed-classifier";
import { probe } from "./probe.js";

console.log(JSON.stringify(await probe(api)));
