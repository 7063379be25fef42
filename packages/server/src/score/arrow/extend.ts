import { Block } from "apache-arrow/fb/block";
import { Buffer as BufferPlace } from "apache-arrow/fb/buffer";
import { Field } from "apache-arrow/fb/field";
import { FieldNode } from "apache-arrow/fb/field-node";
import { FloatingPoint } from "apache-arrow/fb/floating-point";
import { Footer } from "apache-arrow/fb/footer";
import { Int } from "apache-arrow/fb/int";
import { List } from "apache-arrow/fb/list";
import { Message } from "apache-arrow/fb/message";
import { MessageHeader } from "apache-arrow/fb/message-header";
import type { MetadataVersion } from "apache-arrow/fb/metadata-version";
import { Precision } from "apache-arrow/fb/precision";
import { RecordBatch } from "apache-arrow/fb/record-batch";
import { Schema } from "apache-arrow/fb/schema";
import { Type } from "apache-arrow/fb/type";
import { Utf8 } from "apache-arrow/fb/utf8";
import { Builder, type ByteBuffer, type Offset } from "flatbuffers";
import type { Added } from "../quantities.js";
import type { AddedBuffers } from "./append.js";
import type { Head } from "./message.js";

/**
 * Tables are extended without being taken apart. A flatbuffer is written from its end, and tables point forwards: the old bytes are laid
 * at the end as they are, and new tables before them point into them. So all that the old ones say is kept, also what is not known here.
 */
class Extension {
  readonly builder: Builder;
  readonly #end: Offset;

  constructor(old: Uint8Array) {
    this.builder = new Builder(old.length + 1024);
    this.builder.startVector(1, old.length, 8);
    for (let k = old.length - 1; k >= 0; k--) this.builder.addInt8(old[k]);
    this.#end = this.builder.endVector() - 4;
  }

  /** What stands at a place of the old bytes. */
  old(position: number): Offset {
    return this.#end - position;
  }

  /** What a slot of an old table points to; 0 for nothing. */
  slot(table: { bb: ByteBuffer | null; bb_pos: number }, slot: number): Offset {
    const bb = table.bb as ByteBuffer;
    const at = bb.__offset(table.bb_pos, 4 + 2 * slot);
    return at === 0 ? 0 : this.old(bb.__indirect(table.bb_pos + at));
  }

  finish(root: Offset): Uint8Array {
    this.builder.finish(root);
    return this.builder.asUint8Array();
  }
}

/** A schema, and the bytes of the message or footer that it stands in. */
export interface SchemaPlace {
  readonly bytes: Uint8Array;
  readonly schema: Schema;
  readonly version: MetadataVersion;
  /** The message, where it is one. */
  readonly message: Message | undefined;
}

/** The message of a schema with columns behind those that it has. */
export function extendSchemaMessage(
  { bytes, schema, version, message }: SchemaPlace,
  added: readonly Added[],
): Uint8Array {
  const extension = new Extension(bytes);
  const { builder } = extension;
  const extended = extendSchema(extension, schema, added);
  Message.startMessage(builder);
  Message.addVersion(builder, version);
  Message.addHeaderType(builder, MessageHeader.Schema);
  Message.addHeader(builder, extended);
  if (message !== undefined) Message.addCustomMetadata(builder, extension.slot(message, 4));
  return extension.finish(Message.endMessage(builder));
}

function extendSchema(extension: Extension, schema: Schema, added: readonly Added[]): Offset {
  const { builder } = extension;
  const fields: Offset[] = [];
  for (let k = 0; k < schema.fieldsLength(); k++) {
    fields.push(extension.old((schema.fields(k) as Field).bb_pos));
  }
  for (const column of added) fields.push(fieldOf(builder, column));
  const vector = Schema.createFieldsVector(builder, fields);
  Schema.startSchema(builder);
  Schema.addEndianness(builder, schema.endianness());
  Schema.addFields(builder, vector);
  Schema.addCustomMetadata(builder, extension.slot(schema, 2));
  Schema.addFeatures(builder, extension.slot(schema, 3));
  return Schema.endSchema(builder);
}

function fieldOf(builder: Builder, { name, type, isList }: Added): Offset {
  const value = (called: string): Offset => {
    const title = builder.createString(called);
    const children = Field.createChildrenVector(builder, []);
    const [kind, table] = typeOf(builder, type);
    return field(builder, title, kind, table, children);
  };
  if (!isList) return value(name);
  const item = value("item");
  const title = builder.createString(name);
  const children = Field.createChildrenVector(builder, [item]);
  List.startList(builder);
  return field(builder, title, Type.List, List.endList(builder), children);
}

function field(builder: Builder, name: Offset, kind: Type, type: Offset, children: Offset): Offset {
  Field.startField(builder);
  Field.addName(builder, name);
  Field.addNullable(builder, true);
  Field.addTypeType(builder, kind);
  Field.addType(builder, type);
  Field.addChildren(builder, children);
  return Field.endField(builder);
}

function typeOf(builder: Builder, type: Added["type"]): [Type, Offset] {
  switch (type) {
    case "int32":
      return [Type.Int, Int.createInt(builder, 32, true)];
    case "float32":
      return [Type.FloatingPoint, FloatingPoint.createFloatingPoint(builder, Precision.SINGLE)];
    case "utf8":
      Utf8.startUtf8(builder);
      return [Type.Utf8, Utf8.endUtf8(builder)];
  }
}

/** The message of a batch with further nodes and buffers, these from a place in the body on. */
export function extendBatchMessage(
  { metadata, message }: Head,
  batch: RecordBatch,
  { nodes, buffers, bytes }: AddedBuffers,
  start: number,
): Uint8Array {
  const extension = new Extension(metadata);
  const { builder } = extension;
  RecordBatch.startNodesVector(builder, batch.nodesLength() + nodes.length);
  for (let k = nodes.length - 1; k >= 0; k--) {
    FieldNode.createFieldNode(builder, BigInt(nodes[k].length), BigInt(nodes[k].nulls));
  }
  const node = new FieldNode();
  for (let k = batch.nodesLength() - 1; k >= 0; k--) {
    batch.nodes(k, node);
    FieldNode.createFieldNode(builder, node.length(), node.nullCount());
  }
  const nodeVector = builder.endVector();
  RecordBatch.startBuffersVector(builder, batch.buffersLength() + buffers.length);
  for (let k = buffers.length - 1; k >= 0; k--) {
    BufferPlace.createBuffer(builder, BigInt(start + buffers[k].offset), BigInt(buffers[k].length));
  }
  const place = new BufferPlace();
  for (let k = batch.buffersLength() - 1; k >= 0; k--) {
    batch.buffers(k, place);
    BufferPlace.createBuffer(builder, place.offset(), place.length());
  }
  const bufferVector = builder.endVector();
  RecordBatch.startRecordBatch(builder);
  RecordBatch.addLength(builder, batch.length());
  RecordBatch.addNodes(builder, nodeVector);
  RecordBatch.addBuffers(builder, bufferVector);
  RecordBatch.addCompression(builder, extension.slot(batch, 3));
  RecordBatch.addVariadicBufferCounts(builder, extension.slot(batch, 4));
  const header = RecordBatch.endRecordBatch(builder);
  Message.startMessage(builder);
  Message.addVersion(builder, message.version());
  Message.addHeaderType(builder, message.headerType());
  Message.addHeader(builder, header);
  Message.addBodyLength(builder, BigInt(start + bytes.length));
  Message.addCustomMetadata(builder, extension.slot(message, 4));
  return extension.finish(Message.endMessage(builder));
}

/** Where a message stands in a file. */
export interface BlockPlace {
  readonly offset: number;
  readonly metadataLength: number;
  readonly bodyLength: number;
}

/** A file's footer with columns behind those that it has, and the places of its messages. */
export function extendFooter(
  old: Uint8Array,
  footer: Footer,
  added: readonly Added[],
  dictionaries: readonly BlockPlace[],
  batches: readonly BlockPlace[],
): Uint8Array {
  const extension = new Extension(old);
  const { builder } = extension;
  const schema = extendSchema(extension, footer.schema() as Schema, added);
  const vectorOf = (
    places: readonly BlockPlace[],
    start: (builder: Builder, count: number) => void,
  ): Offset => {
    start(builder, places.length);
    for (let k = places.length - 1; k >= 0; k--) {
      const { offset, metadataLength, bodyLength } = places[k];
      Block.createBlock(builder, BigInt(offset), metadataLength, BigInt(bodyLength));
    }
    return builder.endVector();
  };
  const dictionaryVector = vectorOf(dictionaries, Footer.startDictionariesVector);
  const batchVector = vectorOf(batches, Footer.startRecordBatchesVector);
  Footer.startFooter(builder);
  Footer.addVersion(builder, footer.version());
  Footer.addSchema(builder, schema);
  Footer.addDictionaries(builder, dictionaryVector);
  Footer.addRecordBatches(builder, batchVector);
  Footer.addCustomMetadata(builder, extension.slot(footer, 4));
  return extension.finish(Footer.endFooter(builder));
}
