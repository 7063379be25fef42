import { createRequire } from "node:module";

const MODELS = {
  ConfigMap: "v1",
  Deployment: "apps/v1",
  HorizontalPodAutoscaler: "autoscaling/v2",
  Job: "batch/v1",
  Pod: "v1",
  PodDisruptionBudget: "policy/v1",
  Service: "v1",
} as const;
export type Kind = keyof typeof MODELS;

export const isKind = (kind: string): kind is Kind => Object.hasOwn(MODELS, kind);

// The package's ES modules have no endings in their imports, which Node does not take.
const require = createRequire(import.meta.url);

/** Why Kubernetes would not take an object, a line a reason; none where it would. */
export function complaints(kind: Kind, value: object): string[] {
  const models = require(`kubernetes-models/${MODELS[kind]}`) as Record<
    Kind,
    { prototype: { validate(): void } }
  >;
  const unread = new Set<string>();
  try {
    models[kind].prototype.validate.call(recorder(value, "", unread));
  } catch (error) {
    return [`${kind}: ${(error as Error).message}`];
  }
  return [...unread].map((field) => `${kind} has no field ${field}`);
}

/** As complaints, of a container alone. */
export function containerComplaints(container: object): string[] {
  return complaints("Pod", {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "one" },
    spec: { containers: [container] },
  });
}

/**
 * The value, with a note of each field that nobody has read yet.
 * The published schemas let pass what they do not know, while the API server drops it: what a validator never looks at is such a field.
 */
function recorder<T extends object>(value: T, path: string, unread: Set<string>): T {
  const children = new Map<string, unknown>();
  for (const [key, child] of Object.entries(value)) {
    unread.add(`${path}/${key}`);
    const nested = child !== null && typeof child === "object";
    children.set(key, nested ? recorder(child, `${path}/${key}`, unread) : child);
  }
  return new Proxy(value, {
    get(target, key) {
      if (typeof key !== "string" || !children.has(key)) return Reflect.get(target, key);
      unread.delete(`${path}/${key}`);
      return children.get(key);
    },
  });
}
