import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { DockerfileParser } from "dockerfile-ast";
import { expect, test } from "vitest";
import { serve } from "../support/command.js";
import { folderOf, headOf } from "../support/models.js";
import { documents, MANIFESTS, read, type Yaml } from "./support/files.js";

const configuration: string = documents("deploy/kubernetes/configuration.yaml")[0].data["serve.yaml"];

/** The server with the settings that Kubernetes gives it, but for where models are and where it listens. */
function served() {
  const folder = folderOf({ "models/flowers/head.safetensors": headOf().toSafetensors() });
  const settings = folderOf({ "serve.yaml": configuration.replaceAll("/models/", `${folder}/models/`) });
  return serve(["--config", join(settings, "serve.yaml"), "--host", "127.0.0.1", "--drain", "4"]);
}

/** All values of a key, wherever it is. */
function valuesOf(value: Yaml, key: string): Yaml[] {
  if (value === null || typeof value !== "object") return [];
  return Object.entries(value).flatMap(([name, inside]) => [
    ...(name === key ? [inside] : []),
    ...valuesOf(inside, key),
  ]);
}

test("what probes and Prometheus ask for is answered, and has the metrics of the autoscaler", async () => {
  const { ports } = await served();
  const get = (path: string) => fetch(`http://127.0.0.1:${ports.REST}${path}`);
  const all = MANIFESTS.flatMap((file) => documents(file));
  const probes = [...new Set(valuesOf(all, "httpGet").map(({ path }) => path))].sort();
  expect(probes).toEqual(["/v2/health/live", "/v2/health/ready"]);
  const metrics = ["prometheus.io/path", "prometheus.kserve.io/path"].flatMap((key) => valuesOf(all, key));
  expect([...new Set(metrics)]).toEqual(["/metrics"]);
  for (const path of [...probes, ...metrics]) expect((await get(path)).status).toBe(200);

  const features = { name: "features", datatype: "FP32", shape: [1, 20], data: new Array(20).fill(1) };
  const body = JSON.stringify({ inputs: [features] });
  const answer = await fetch(`http://127.0.0.1:${ports.REST}/v2/models/flowers/infer`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body,
  });
  expect(answer.status).toBe(200);
  const text = await (await get("/metrics")).text();
  const wanted = documents("deploy/kubernetes/prometheus-adapter.yaml")[0].rules.custom;
  expect(wanted).toHaveLength(2);
  for (const { seriesQuery } of wanted)
    expect(text).toMatch(new RegExp(`^${seriesQuery.split("{")[0]}[ {]`, "m"));
});

test("the container's health check passes while the server is ready, and fails once it is to end or gone", async () => {
  const { ports, process: server, said, ended } = await served();
  const check = DockerfileParser.parse(read("deploy/container/Dockerfile")).getHEALTHCHECKs()[0];
  const [node, ...args]: string[] = JSON.parse(
    /\[.*\]/s.exec(check?.getArgumentsContent() ?? "")?.[0] ?? "[]",
  );
  expect(node).toBe("/nodejs/bin/node");
  const healthy = () =>
    spawnSync(
      process.execPath,
      args.map((arg) => arg.replace(":8080/", `:${ports.REST}/`)),
      { timeout: 20_000 },
    ).status;
  expect(healthy()).toBe(0);
  server.kill("SIGTERM");
  await said("draining");
  expect(healthy()).toBe(1);
  expect(await ended()).toEqual({ status: 0, signal: null });
  expect(healthy()).toBe(1);
});
