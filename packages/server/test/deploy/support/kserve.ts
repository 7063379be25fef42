import { Ajv } from "ajv";
import type { Yaml } from "./files.js";
import { containerComplaints } from "./kubernetes.js";

/** Of KServe's two kinds the part that our files use, after its custom resource definitions of August 2026; containers are Kubernetes' own. */
const text = { type: "string", minLength: 1 };
const exactly = (properties: Record<string, object>, required: string[]): object => ({
  type: "object",
  properties,
  required,
  additionalProperties: false,
});
const map = { type: "object", additionalProperties: { type: "string" } };
const metadata = exactly({ name: { type: "string", pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$" } }, ["name"]);
const resources = exactly({ requests: map, limits: map }, []);

const SCHEMAS: Record<string, object> = {
  ClusterServingRuntime: exactly(
    {
      apiVersion: { const: "serving.kserve.io/v1alpha1" },
      kind: { const: "ClusterServingRuntime" },
      metadata,
      spec: exactly(
        {
          annotations: map,
          supportedModelFormats: {
            type: "array",
            minItems: 1,
            items: exactly(
              {
                name: text,
                version: text,
                autoSelect: { type: "boolean" },
                priority: { type: "integer", minimum: 1 },
              },
              ["name"],
            ),
          },
          protocolVersions: {
            type: "array",
            items: { enum: ["v1", "v2", "grpc-v1", "grpc-v2"] },
            uniqueItems: true,
          },
          containers: { type: "array", minItems: 1, items: { type: "object", required: ["name", "image"] } },
        },
        ["containers", "supportedModelFormats"],
      ),
    },
    ["apiVersion", "kind", "metadata", "spec"],
  ),
  InferenceService: exactly(
    {
      apiVersion: { const: "serving.kserve.io/v1beta1" },
      kind: { const: "InferenceService" },
      metadata,
      spec: exactly(
        {
          predictor: exactly(
            {
              minReplicas: { type: "integer", minimum: 0 },
              maxReplicas: { type: "integer", minimum: 0 },
              scaleMetric: { enum: ["cpu", "memory", "concurrency", "rps"] },
              scaleTarget: { type: "integer" },
              terminationGracePeriodSeconds: { type: "integer", minimum: 0 },
              model: exactly(
                {
                  modelFormat: exactly({ name: text, version: text }, ["name"]),
                  protocolVersion: { enum: ["v1", "v2", "grpc-v1", "grpc-v2"] },
                  runtime: text,
                  storageUri: { type: "string", pattern: "^(pvc|s3|gs|hf|https?|oci)://." },
                  resources,
                },
                ["modelFormat"],
              ),
            },
            ["model"],
          ),
        },
        ["predictor"],
      ),
    },
    ["apiVersion", "kind", "metadata", "spec"],
  ),
};

export const isKServe = (kind: string): boolean => Object.hasOwn(SCHEMAS, kind);

/** Why KServe would not take an object, a line a reason; none where it would. */
export function kserveComplaints(value: Yaml): string[] {
  const ajv = new Ajv({ allErrors: true });
  const found = ajv.validate(SCHEMAS[value.kind] as object, value)
    ? []
    : (ajv.errors ?? []).map((error) => `${value.kind}${error.instancePath} ${error.message}`);
  const containers: object[] = value.spec?.containers ?? [];
  return [...found, ...containers.flatMap(containerComplaints)];
}
