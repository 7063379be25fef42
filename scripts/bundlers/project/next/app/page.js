import { probe } from "../../src/probe.js";
import { Client } from "./client.js";

// Rendered at run time, and not while it is built.
export const dynamic = "force-dynamic";

export default function Page() {
  return (
    <main>
      <pre id="server">{JSON.stringify(probe())}</pre>
      <Client />
    </main>
  );
}
