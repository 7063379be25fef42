import { isUtf8 } from "node:buffer";
import protobuf from "protobufjs/minimal.js";
import { InferenceError } from "../inference/errors.js";

export const { Reader } = protobuf;
export type Reader = protobuf.Reader;

/** The two wire types that the messages of the protocol are written in, beside fixed numbers. */
export const VARINT = 0;
export const BYTES = 2;
export const FIXED64 = 1;
export const FIXED32 = 5;

/** More of one thing than this is no request but an attempt to fill the memory: an empty input costs two bytes on the wire. */
export const MANY = 1024;

/** What ends before it should, or is no protocol buffer at all. */
export class Malformed extends Error {}

/** Where the message ends that begins here; it cannot reach beyond the one around it. */
export function endOf(reader: Reader, outer: number): number {
  const length = reader.uint32();
  const end = reader.pos + length;
  if (end > outer) throw new Malformed(`${length} bytes were announced, ${outer - reader.pos} are there`);
  return end;
}

/** Whether a message goes on; a field that reached beyond its end is noticed here. */
export function goesOn(reader: Reader, end: number): boolean {
  if (reader.pos < end) return true;
  if (reader.pos > end) throw new Malformed("a field is longer than the message it is in");
  return false;
}

/** A field that this server does not know, or knows in another wire type. */
export function skip(reader: Reader, tag: number): void {
  if (tag >>> 3 === 0) throw new Malformed("a field has the number 0");
  reader.skipType(tag & 7);
}

/** A string; protobuf.js would read a truncated one to its end, and replace what is no UTF-8. */
export function stringOf(reader: Reader): string {
  const bytes = reader.bytes() as Buffer;
  if (!isUtf8(bytes)) throw new Malformed("a string is no UTF-8");
  return bytes.toString();
}

/** A 64-bit integer as a number: exact up to 2^53, beyond which no count of anything here goes. */
export function integerOf(value: ReturnType<Reader["int64"]>): number {
  // It is a Long as long as the package of that name is there, on which protobuf.js depends; its types do not say so.
  return (value as unknown as { toNumber(): number }).toNumber();
}

/** Adds to a list of the message, within reason. */
export function push<T>(list: T[], value: T, what: string): void {
  if (list.length === MANY) throw new InferenceError("invalid", `the request has more than ${MANY} ${what}`);
  list.push(value);
}
