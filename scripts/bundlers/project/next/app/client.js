"use client";

import { useEffect, useState } from "react";
import { probe } from "../../src/probe.js";

export function Client() {
  const [told, setTold] = useState("");
  useEffect(() => setTold(JSON.stringify(probe())), []);
  return told === "" ? null : <pre id="client">{told}</pre>;
}
