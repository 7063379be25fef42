import { probe } from "./probe.js";

const told = document.createElement("pre");
told.id = "told";
told.textContent = JSON.stringify(probe());
document.body.append(told);
