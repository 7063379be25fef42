// As much of HTTP/2 as a client needs that sends one gRPC call again and again: Node's own costs as much as the whole server does.
import { connect } from "node:net";

const PREFACE = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
const [DATA, HEADERS, , RST_STREAM, SETTINGS, , PING, GOAWAY, WINDOW_UPDATE] = Array(9).keys();
const END_STREAM = 1;
const ACK = 1;
const END_HEADERS = 4;
const HEADER_TABLE_SIZE = 1;
const INITIAL_WINDOW_SIZE = 4;
const LARGEST_FRAME = 16_384;
const OUR_WINDOW = 2 ** 30;
const THEIR_WINDOW = 65_535;

/** A connection on which calls to one path are made. */
export class RawConnection {
  #socket;
  #headers;
  #received = Buffer.alloc(0);
  #nextId = 1;
  #window = THEIR_WINDOW;
  #initialWindow = THEIR_WINDOW;
  #streams = new Map();
  /** What waits for room in the windows of the other side, oldest first. */
  #waiting = [];

  constructor(port, path) {
    this.#headers = headersOf(path);
    this.#socket = connect(port, "127.0.0.1");
    this.#socket.setNoDelay(true);
    this.#socket.on("data", (bytes) => this.#read(bytes));
    // Without a table the answer's headers are the same bytes each time, so that they can be compared instead of read.
    const settings = Buffer.alloc(12);
    settings.writeUInt16BE(HEADER_TABLE_SIZE, 0);
    settings.writeUInt16BE(INITIAL_WINDOW_SIZE, 6);
    settings.writeUInt32BE(OUR_WINDOW, 8);
    const update = Buffer.alloc(4);
    update.writeUInt32BE(OUR_WINDOW, 0);
    this.#socket.write(
      Buffer.concat([PREFACE, frame(SETTINGS, 0, 0, settings), frame(WINDOW_UPDATE, 0, 0, update)]),
    );
  }

  close() {
    this.#socket.destroy();
  }

  /** Sends a message; `done` has the bytes of the trailers, as they came, and the pieces of the answer. */
  infer(message, done) {
    const id = this.#nextId;
    this.#nextId += 2;
    const stream = { id, message, sent: 0, window: this.#initialWindow, pieces: [], done };
    this.#streams.set(id, stream);
    this.#socket.cork();
    this.#socket.write(frame(HEADERS, END_HEADERS, id, this.#headers));
    this.#send(stream);
    this.#socket.uncork();
  }

  #send(stream) {
    const { id, message } = stream;
    while (stream.sent < message.length) {
      const room = Math.min(LARGEST_FRAME, this.#window, stream.window, message.length - stream.sent);
      if (room <= 0) {
        this.#waiting.push(stream);
        return;
      }
      const isLast = stream.sent + room === message.length;
      this.#socket.write(headOf(DATA, isLast ? END_STREAM : 0, id, room));
      this.#socket.write(message.subarray(stream.sent, stream.sent + room));
      stream.sent += room;
      stream.window -= room;
      this.#window -= room;
    }
  }

  #read(bytes) {
    const all = this.#received.length === 0 ? bytes : Buffer.concat([this.#received, bytes]);
    let at = 0;
    this.#socket.cork();
    while (all.length - at >= 9) {
      const length = all.readUIntBE(at, 3);
      if (all.length - at < 9 + length) break;
      const id = all.readUInt32BE(at + 5) & 0x7fffffff;
      this.#take(all[at + 3], all[at + 4], id, all.subarray(at + 9, at + 9 + length));
      at += 9 + length;
    }
    this.#socket.uncork();
    this.#received = all.subarray(at);
  }

  #take(type, flags, id, payload) {
    const stream = this.#streams.get(id);
    if (type === DATA) stream.pieces.push(Buffer.from(payload));
    else if (type === RST_STREAM || type === GOAWAY)
      throw new Error(`the server broke off: ${payload.toString("hex")}`);
    else if (type === PING && !(flags & ACK)) this.#socket.write(frame(PING, ACK, 0, payload));
    else if (type === SETTINGS && !(flags & ACK)) this.#settle(payload);
    else if (type === WINDOW_UPDATE) this.#widen(stream, payload.readUInt32BE(0));
    if ((type === DATA || type === HEADERS) && flags & END_STREAM) {
      this.#streams.delete(id);
      stream.done(Buffer.from(payload), stream.pieces);
    }
  }

  #settle(payload) {
    for (let at = 0; at < payload.length; at += 6) {
      if (payload.readUInt16BE(at) !== INITIAL_WINDOW_SIZE) continue;
      const initial = payload.readUInt32BE(at + 2);
      for (const stream of this.#streams.values()) stream.window += initial - this.#initialWindow;
      this.#initialWindow = initial;
    }
    this.#socket.write(frame(SETTINGS, ACK, 0, Buffer.alloc(0)));
  }

  #widen(stream, by) {
    if (stream === undefined) this.#window += by;
    else stream.window += by;
    for (const waiting of this.#waiting.splice(0)) this.#send(waiting);
  }
}

function headOf(type, flags, id, length) {
  const head = Buffer.allocUnsafe(9);
  head.writeUIntBE(length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(id, 5);
  return head;
}

const frame = (type, flags, id, payload) => Buffer.concat([headOf(type, flags, id, payload.length), payload]);

/** POST and http by their numbers in the table that both sides have, the rest as text that goes into none. */
function headersOf(path) {
  const text = (name, value) => [0, name.length, ...Buffer.from(name), value.length, ...Buffer.from(value)];
  return Buffer.from([
    0x83,
    0x86,
    ...text(":path", path),
    ...text(":authority", "localhost"),
    ...text("content-type", "application/grpc"),
    ...text("te", "trailers"),
  ]);
}
