import { Endianness } from "apache-arrow/fb/endianness";
import type { Field } from "apache-arrow/fb/field";
import { FixedSizeList } from "apache-arrow/fb/fixed-size-list";
import { FloatingPoint } from "apache-arrow/fb/floating-point";
import type { KeyValue } from "apache-arrow/fb/key-value";
import { MetadataVersion } from "apache-arrow/fb/metadata-version";
import { Precision } from "apache-arrow/fb/precision";
import type { Schema } from "apache-arrow/fb/schema";
import { Type } from "apache-arrow/fb/type";
import { Union } from "apache-arrow/fb/union";
import { UnionMode } from "apache-arrow/fb/union-mode";
import { Problem } from "fixed-classifier-models/files";
import { damaged } from "./problem.js";

/** The places of a column's nodes and buffers in every batch, its children's with them. */
export interface ColumnPlace {
  readonly field: Field;
  readonly name: string;
  readonly node: number;
  readonly buffer: number;
}

/** The columns of a table, and how many nodes and buffers a batch of it has, views' further buffers apart. */
export interface Layout {
  readonly columns: readonly ColumnPlace[];
  readonly nodes: number;
  readonly buffers: number;
}

/** Deeper nesting is a table that contains itself. */
const DEEPEST = 64;

/** Finds where each column's nodes and buffers are. What no head reads is only counted, whatever it is. */
export function layoutOf(name: string, schema: Schema, version: MetadataVersion): Layout {
  if (schema.endianness() !== Endianness.Little) {
    throw new Problem(`${name} has big-endian numbers; write it on a little-endian machine`);
  }
  let nodes = 0;
  let buffers = 0;
  const count = (field: Field, depth: number): void => {
    if (depth > DEEPEST) throw damaged(name, `columns are nested more than ${DEEPEST} deep`);
    nodes += 1;
    // A batch has a dictionary's indices; its values come in batches of their own.
    if (field.dictionary() !== null) {
      buffers += 2;
      return;
    }
    buffers += buffersOf(name, field, version);
    for (let k = 0; k < field.childrenLength(); k++) count(field.children(k) as Field, depth + 1);
  };
  const columns: ColumnPlace[] = [];
  for (let k = 0; k < schema.fieldsLength(); k++) {
    const field = schema.fields(k) as Field;
    columns.push({ field, name: field.name() ?? "", node: nodes, buffer: buffers });
    count(field, 1);
  }
  return { columns, nodes, buffers };
}

function buffersOf(name: string, field: Field, version: MetadataVersion): number {
  switch (field.typeType()) {
    case Type.Null:
    case Type.RunEndEncoded:
      return 0;
    case Type.FixedSizeList:
    case Type.Struct_:
      return 1;
    case Type.Union: {
      const types = (field.type(new Union()) as Union).mode() === UnionMode.Dense ? 2 : 1;
      return types + (version < MetadataVersion.V5 ? 1 : 0);
    }
    case Type.Int:
    case Type.FloatingPoint:
    case Type.Bool:
    case Type.Decimal:
    case Type.Date:
    case Type.Time:
    case Type.Timestamp:
    case Type.Interval:
    case Type.Duration:
    case Type.FixedSizeBinary:
    case Type.List:
    case Type.LargeList:
    case Type.Map:
    case Type.BinaryView:
    case Type.Utf8View:
      return 2;
    case Type.Binary:
    case Type.Utf8:
    case Type.LargeBinary:
    case Type.LargeUtf8:
    case Type.ListView:
    case Type.LargeListView:
      return 3;
    default:
      throw new Problem(
        `${name}: the column "${field.name()}" has a type that is not known (${field.typeType()}); leave it out`,
      );
  }
}

/** The column of features: lists of one width, or of any. */
export interface FeatureField {
  readonly place: ColumnPlace;
  readonly list: "fixed" | "list" | "large";
  /** Numbers in a list of fixed size; undefined for others. */
  readonly size: number | undefined;
  readonly number: "f16" | "f32" | "f64";
}

const LISTS = new Map<Type, FeatureField["list"]>([
  [Type.FixedSizeList, "fixed"],
  [Type.List, "list"],
  [Type.LargeList, "large"],
]);

const NUMBERS = new Map<Precision, FeatureField["number"]>([
  [Precision.HALF, "f16"],
  [Precision.SINGLE, "f32"],
  [Precision.DOUBLE, "f64"],
]);

/** A column as features, or undefined where it cannot be. */
export function featureField(place: ColumnPlace): FeatureField | undefined {
  const { field } = place;
  const list = LISTS.get(field.typeType());
  if (list === undefined || field.dictionary() !== null || field.childrenLength() !== 1) return undefined;
  const child = field.children(0) as Field;
  if (child.typeType() !== Type.FloatingPoint || child.dictionary() !== null) return undefined;
  const number = NUMBERS.get((child.type(new FloatingPoint()) as FloatingPoint).precision());
  if (number === undefined) return undefined;
  const size = list === "fixed" ? (field.type(new FixedSizeList()) as FixedSizeList).listSize() : undefined;
  return { place, list, size, number };
}

/** The metadata of a field by key. */
export function metadataOf(field: Field): Map<string, string> {
  const entries = new Map<string, string>();
  for (let k = 0; k < field.customMetadataLength(); k++) {
    const entry = field.customMetadata(k) as KeyValue;
    entries.set(entry.key() ?? "", entry.value() ?? "");
  }
  return entries;
}
