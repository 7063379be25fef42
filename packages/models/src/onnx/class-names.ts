import { create } from "@bufbuild/protobuf";
import { checkClassNames, namesIn } from "../class-names.js";
import { type ModelProto, StringStringEntryProtoSchema } from "./onnx_pb.js";
import { copyOf } from "./surgery.js";

/** Keys of the metadata under which exporters leave the names of classes. */
const KEYS = ["names", "class_names", "classes", "labels", "id2label"];

/** Names of the classes from the model's metadata; null where there are none, or another number of them. */
export function classNamesOf(model: ModelProto, classes: number): string[] | null {
  for (const key of KEYS) {
    const value = model.metadataProps.find((pair) => pair.key === key)?.value;
    const names = value === undefined ? null : namesIn(value);
    if (names !== null && names.length === classes) return names;
  }
  return null;
}

/** The model with names of its classes in its metadata, as JSON, in place of those that it has. */
export function withClassNames(model: ModelProto, names: readonly string[], classes: number): ModelProto {
  checkClassNames(names, classes);
  const result = copyOf(model);
  const others = model.metadataProps.filter(({ key }) => !KEYS.includes(key));
  const [key] = KEYS;
  result.metadataProps = [
    ...others,
    create(StringStringEntryProtoSchema, { key, value: JSON.stringify(names) }),
  ];
  return result;
}
