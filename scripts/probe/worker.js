import "./only-files.js";
import * as api from "fixed-classifier";
import { probe } from "./probe.js";

/** Clocks of Workers stand still but for the time that they wait for something. */
async function now() {
  await new Promise((resolve) => setTimeout(resolve, 1));
  return Date.now();
}

export default {
  async fetch() {
    try {
      return Response.json(await probe(api, now));
    } catch (error) {
      return new Response(String(error), { status: 500 });
    }
  },
};
