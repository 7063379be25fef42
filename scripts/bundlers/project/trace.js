// Prints which files a server needs, and what the tracer warns of.
import { nodeFileTrace } from "@vercel/nft";

const { fileList, warnings } = await nodeFileTrace([process.argv[2]]);
console.log(
  JSON.stringify({ files: [...fileList].sort(), warnings: [...warnings].map(({ message }) => message) }),
);
