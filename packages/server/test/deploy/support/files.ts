import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseAllDocuments } from "yaml";

/** Where deploy/ and recipes/ are. */
export const PACKAGE = fileURLToPath(new URL("../../..", import.meta.url));

export const read = (file: string): string => readFileSync(`${PACKAGE}/${file}`, "utf8");

// biome-ignore lint/suspicious/noExplicitAny: what a file has is what the tests are about
export type Yaml = any;

/** The documents of a file; what is no YAML is thrown. */
export function documents(file: string): Yaml[] {
  return parseAllDocuments(read(file), { strict: true, uniqueKeys: true }).map((document) => {
    if (document.errors.length > 0) throw document.errors[0];
    return document.toJS();
  });
}

/** Those that are no manifests: what other programs are told. */
const SETTINGS = ["deploy/systemd/serve.yaml", "deploy/kubernetes/prometheus-adapter.yaml"];

/** All YAML files that are to be applied to a cluster. */
export const MANIFESTS = ["deploy", "recipes"]
  .flatMap((folder) =>
    readdirSync(`${PACKAGE}/${folder}`, { recursive: true, encoding: "utf8" }).map(
      (file) => `${folder}/${file}`,
    ),
  )
  .filter((file) => file.endsWith(".yaml") && !SETTINGS.includes(file));
