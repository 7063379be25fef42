import type { Schema as SchemaTable } from "apache-arrow/fb/schema";
import type { Added } from "../quantities.js";
import { BINARY, type Struct } from "./thrift.js";

const KEY = 1;
const VALUE = 2;
const MARK = 8;

/** What some writers say of all columns besides Parquet's own schema, and how one more is said. */
const SCHEMAS: Readonly<
  Record<string, (value: string, added: readonly Added[]) => string | Promise<string>>
> = {
  /** Arrow's readers take types from it, column by column. */
  "ARROW:schema": async (value, added) => {
    const { Schema } = await import("apache-arrow/fb/schema");
    const { extendSchemaMessage } = await import("../arrow/extend.js");
    const { frame, headOf } = await import("../arrow/message.js");
    const bytes = Buffer.from(value, "base64");
    const { metadata, message } = headOf("its Arrow schema", new Uint8Array(bytes.subarray(MARK)));
    const schema = message.header(new Schema()) as SchemaTable;
    const place = { bytes: metadata, schema, version: message.version(), message };
    return Buffer.from(frame(extendSchemaMessage(place, added))).toString("base64");
  },
  /** Spark reads the columns that it names and no others. */
  "org.apache.spark.sql.parquet.row.metadata": (value, added) => {
    const schema = JSON.parse(value);
    schema.fields.push(...added.map(sparkField));
    return JSON.stringify(schema);
  },
};

const SPARK = { int32: "integer", float32: "float", utf8: "string" } as const;

function sparkField({ name, type, isList }: Added): object {
  const value = SPARK[type];
  const list = { type: "array", elementType: value, containsNull: true };
  return { name, type: isList ? list : value, nullable: true, metadata: {} };
}

/** The entries of a file with the added columns, where they name all. An entry that cannot be read is left out: it would be wrong. */
export async function extendKeyValues(
  entries: readonly Struct[],
  added: readonly Added[],
): Promise<Struct[]> {
  const extended: Struct[] = [];
  for (const entry of entries) {
    const extend = SCHEMAS[entry.text(KEY) ?? ""];
    if (extend === undefined || added.length === 0) {
      extended.push(entry);
      continue;
    }
    try {
      const changed = entry.copy();
      changed.set(VALUE, BINARY, Buffer.from(await extend(entry.text(VALUE) ?? "", added)));
      extended.push(changed);
    } catch {}
  }
  return extended;
}
