// The probe of a page or a worker of one: sends what it says to the server.
import * as api from "fixed-classifier";
import { probe } from "./probe.js";

probe(api).then(
  (result) => fetch("/result", { method: "POST", body: JSON.stringify(result) }),
  (error) => fetch("/error", { method: "POST", body: `${error}\n${error?.stack}` }),
);
