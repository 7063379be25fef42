import net from "node:net";

/** No request takes as long; what does was forgotten. */
const PATIENCE = 30_000;

/**
 * Says anything to a server, and that nothing follows, which it must take as an end, and hears the first answer: its status, or 0 where the
 * server only closed, and what is wrong with it, if something is.
 */
export function say(port, request) {
  return new Promise((resolve) => {
    const heard = [];
    const socket = net.connect({ port, host: "127.0.0.1", allowHalfOpen: true }, () => socket.end(request));
    socket.setTimeout(PATIENCE, () => {
      resolve({ status: 0, problem: "neither an answer nor the end of the connection" });
      socket.destroy();
    });
    socket.on("data", (chunk) => heard.push(chunk));
    socket.on("error", () => {});
    socket.on("close", () => resolve(answerOf(Buffer.concat(heard), request.subarray(0, 5).equals(HEAD))));
  });
}

const HEAD = Buffer.from("HEAD ");

/** What is no 200 must have an error in it. */
function answerOf(heard, isHead) {
  if (heard.length === 0) return { status: 0 };
  const end = heard.indexOf("\r\n\r\n");
  const head = heard.toString("latin1", 0, end < 0 ? undefined : end);
  const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(head)?.[1]);
  if (end < 0 || Number.isNaN(status)) return { status: 0, problem: "no HTTP" };
  if (status === 200 || isHead) return { status };
  const length = Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0);
  try {
    const { error } = JSON.parse(heard.toString("utf8", end + 4, end + 4 + length));
    return { status, problem: typeof error === "string" ? undefined : "no error in the answer" };
  } catch {
    return { status, problem: "no JSON in the answer" };
  }
}
