import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { documents, MANIFESTS, type Yaml } from "./support/files.js";
import { isKServe, kserveComplaints } from "./support/kserve.js";
import { complaints, isKind } from "./support/kubernetes.js";

function refusals(value: Yaml): string[] {
  if (isKind(value.kind)) return complaints(value.kind, value);
  if (isKServe(value.kind)) return kserveComplaints(value);
  return [`no schema for a ${value.kind}`];
}

const all = MANIFESTS.flatMap((file) =>
  documents(file).map((value): [string, Yaml] => [`${file}: ${value.kind} ${value.metadata.name}`, value]),
);

test.each(all)("%s is what its schema allows", (_, value) => {
  expect(refusals(value)).toEqual([]);
});

describe("the schemas refuse", () => {
  const changed = (kind: string, change: (value: Yaml) => void): string[] => {
    const value = structuredClone(all.find(([, { kind: other }]) => other === kind)?.[1]);
    change(value);
    return refusals(value);
  };

  test("a field that Kubernetes does not know, at any depth", () => {
    expect(
      changed("Deployment", ({ spec }) => {
        spec.template.spec.containers[0].readinesProbe = {};
      }),
    ).toEqual(["Deployment has no field /spec/template/spec/containers/0/readinesProbe"]);
  });

  test("a value of the wrong type", () => {
    expect(
      changed("Deployment", ({ spec }) => {
        spec.replicas = "two";
      })[0],
    ).toContain("/spec/replicas");
  });

  test("a field that is missing", () => {
    expect(
      changed("Deployment", ({ spec }) => {
        delete spec.selector;
      })[0],
    ).toContain("selector");
  });

  test("a field that KServe does not know, in the runtime, its container and the service", () => {
    for (const [kind, change] of [
      ["ClusterServingRuntime", ({ spec }: Yaml) => Object.assign(spec, { oops: 1 })],
      ["ClusterServingRuntime", ({ spec }: Yaml) => Object.assign(spec.containers[0], { oops: 1 })],
      ["InferenceService", ({ spec }: Yaml) => Object.assign(spec.predictor.model, { oops: 1 })],
    ] as const)
      expect(changed(kind, change)).toHaveLength(1);
  });
});

const pods = all.flatMap(([name, { kind, spec }]): [string, Yaml][] => {
  if (kind === "ClusterServingRuntime") return [[name, spec]];
  return spec?.template === undefined ? [] : [[name, spec.template.spec]];
});

test.each(pods)("%s runs as nobody, on a file system in which it writes only where it must", (_, pod) => {
  for (const container of pod.containers) {
    const security = { ...pod.securityContext, ...container.securityContext };
    expect(security).toMatchObject({
      runAsNonRoot: true,
      runAsUser: 65532,
      readOnlyRootFilesystem: true,
      allowPrivilegeEscalation: false,
      capabilities: { drop: ["ALL"] },
      seccompProfile: { type: "RuntimeDefault" },
    });
    expect(container.resources.limits.memory).toBeDefined();
    expect(container.image).toMatch(/:\d+\.\d+\.\d+$/);
  }
});

test("a service, a budget and an autoscaler are of the pods that there are", () => {
  const of = (kind: string): Yaml[] => all.map(([, value]) => value).filter((value) => value.kind === kind);
  const [deployment] = of("Deployment");
  const { labels } = deployment.spec.template.metadata;
  const ports = deployment.spec.template.spec.containers[0].ports.map(({ name }: Yaml) => name);
  expect(deployment.spec.selector.matchLabels).toEqual(labels);
  for (const { spec } of of("Service")) {
    expect(spec.selector).toEqual(labels);
    for (const { targetPort } of spec.ports) expect(ports).toContain(targetPort);
  }
  for (const { spec } of of("PodDisruptionBudget")) expect(spec.selector.matchLabels).toEqual(labels);
  for (const { spec } of of("HorizontalPodAutoscaler"))
    expect(spec.scaleTargetRef).toEqual({
      apiVersion: "apps/v1",
      kind: "Deployment",
      name: deployment.metadata.name,
    });
});

test("the autoscaler's target leaves a third of what a server was measured to do", () => {
  const [{ spec }] = documents("deploy/kubernetes/autoscaler.yaml");
  const rows = spec.metrics.find(({ pods }: Yaml) => /rows_per_second/.test(pods.metric.name));
  const target = Number(String(rows.pods.target.averageValue).replace(/k$/, "000"));
  const page = readFileSync(new URL("../../../../docs/serving.md", import.meta.url), "utf8");
  const least = /^\| bytes, one row +\| ([\d,]+)/m.exec(page)?.[1].replaceAll(",", "");
  expect(target).toBeGreaterThan(0);
  expect(target).toBeLessThanOrEqual((2 / 3) * Number(least));
});

test("what the autoscaler asks for is what prometheus-adapter is told to give", () => {
  const given = documents("deploy/kubernetes/prometheus-adapter.yaml")[0].rules.custom.map(
    ({ seriesQuery, name }: Yaml) => name?.as ?? seriesQuery.replace(/\{.*/, ""),
  );
  const [{ spec }] = documents("deploy/kubernetes/autoscaler.yaml");
  expect(spec.metrics.map(({ pods }: Yaml) => pods.metric.name)).toEqual(given);
});
