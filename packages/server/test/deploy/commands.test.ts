import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CommanderError } from "commander";
import { afterAll, describe, expect, test } from "vitest";
import { programOf } from "../../src/program.js";
import { type ServerSettings, settingsOf } from "../../src/server/settings.js";
import { documents, PACKAGE, read, type Yaml } from "./support/files.js";

const folder = mkdtempSync(join(tmpdir(), "fixed-classifier-deploy-"));
afterAll(() => rmSync(folder, { recursive: true }));

const of = (file: string, kind: string): Yaml => documents(file).find((document) => document.kind === kind);
const { spec: deployment } = of("deploy/kubernetes/deployment.yaml", "Deployment");
const { spec: runtime } = of("deploy/kserve/runtime.yaml", "ClusterServingRuntime");
const { spec: service } = of("deploy/kserve/inference-service.yaml", "InferenceService");
const { spec: job } = of("recipes/kubernetes-job.yaml", "Job");
const configuration = of("deploy/kubernetes/configuration.yaml", "ConfigMap").data["serve.yaml"];
const unit = read("deploy/systemd/fixed-classifier.service");
const dockerfile = read("deploy/container/Dockerfile");

/** What a line says, read by the commands themselves, without doing it. */
function understood(line: readonly string[]): {
  name: string;
  options: Record<string, unknown>;
  args: string[];
} {
  const [name = "", ...rest] = line;
  const command = programOf().commands.find((known) => known.name() === name);
  if (command === undefined) throw new Error(`there is no command ${name}`);
  let found: { options: Record<string, unknown>; args: string[] } | undefined;
  command
    .exitOverride()
    .configureOutput({ writeErr() {} })
    .action(() => {
      found = { options: command.opts(), args: command.args };
    })
    .parse(rest, { from: "user" });
  return { name, ...(found as NonNullable<typeof found>) };
}

/** What a command without more says: words, in quotation marks or not. */
const words = (text: string): string[] =>
  [...text.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare);

const lines: [string, string[]][] = [
  ["the deployment", deployment.template.spec.containers[0].args],
  ["KServe's runtime", runtime.containers[0].args],
  ["the job", job.template.spec.containers[0].args],
  ["the systemd unit", words(/^ExecStart=.* fixed-classifier-server (.*)$/m.exec(unit)?.[1] ?? "")],
  [
    "the container's example",
    words(/docker run .* fixed-classifier-server (.*)$/m.exec(dockerfile)?.[1] ?? ""),
  ],
  ["the Slurm script", words(/npx fixed-classifier (.*)$/m.exec(read("recipes/slurm-array.sh"))?.[1] ?? "")],
];

test.each(lines)(
  "the line of %s has options that the command knows, and none that it wants is missing",
  (_, line) => {
    expect(() => understood(line)).not.toThrow();
  },
);

test("a line with another option is told from these", () => {
  expect(() => understood(["serve", "--modle=/models"])).toThrow(CommanderError);
  expect(() => understood(["score", "table.parquet"])).toThrow(CommanderError);
});

test("recipes in Python start their commands with options that there are", () => {
  const recipes = readdirSync(`${PACKAGE}/recipes`).filter((name) => name.endsWith(".py"));
  expect(recipes.length).toBeGreaterThan(2);
  const known = programOf()
    .commands.find((command) => command.name() === "score")
    ?.options.map(({ long }) => long);
  for (const name of recipes) {
    const code = read(`recipes/${name}`).replace(/^""".*?"""|options\.add_argument\(.*/gms, "");
    for (const [, option] of code.matchAll(/"(--[a-z-]+)"/g)) expect(known).toContain(option);
  }
});

describe("settings", () => {
  const settingsIn = (text: string): ServerSettings => {
    const path = join(folder, "serve.yaml");
    writeFileSync(path, text);
    return settingsOf(path, {}, []);
  };
  const kubernetes = settingsIn(configuration);
  const systemd = settingsIn(read("deploy/systemd/serve.yaml"));
  const defaults = settingsOf(undefined, {}, ["head.json"]);

  test("of Kubernetes have the ports and the volume that the pod has", () => {
    const [container] = deployment.template.spec.containers;
    const ports = Object.fromEntries(
      container.ports.map(({ name, containerPort }: Yaml) => [name, containerPort]),
    );
    expect(ports).toEqual({ http: kubernetes.rest.port, grpc: kubernetes.grpc.port });
    expect(kubernetes.host).toBe("0.0.0.0");
    const mounts: string[] = container.volumeMounts.map(({ mountPath }: Yaml) => mountPath);
    for (const { path } of kubernetes.models)
      expect(mounts.some((mount) => path.startsWith(`${mount}/`))).toBe(true);
    const { options } = understood(container.args);
    expect(mounts.some((mount) => options.config === `${mount}/serve.yaml`)).toBe(true);
  });

  test("of KServe's runtime have the ports that it names", () => {
    const { args, ports, readinessProbe, livenessProbe } = runtime.containers[0];
    const { options } = understood(args);
    expect(options).toMatchObject({ model: ["{{.Name}}=/mnt/models"], host: "0.0.0.0", grpcPort: 8081 });
    expect(ports[0].containerPort).toBe(options.port);
    for (const probe of [readinessProbe, livenessProbe]) expect(probe.httpGet.port).toBe(options.port);
    expect(runtime.annotations["prometheus.kserve.io/port"]).toBe(String(options.port));
    expect(service.predictor.model.modelFormat.name).toBe(runtime.supportedModelFormats[0].name);
    expect(runtime.protocolVersions).toContain(service.predictor.model.protocolVersion);
  });

  test("of the container are the defaults, which it exposes and asks for its health", () => {
    const { rest, grpc } = defaults;
    expect(dockerfile).toContain(`EXPOSE ${rest.port} ${grpc.port}\n`);
    expect(dockerfile).toContain(`http://127.0.0.1:${rest.port}/v2/health/ready`);
  });

  test("leave time to end: more than the drain and what may finish after it", () => {
    const needed = ({ shutdown }: ServerSettings) => shutdown.drainSeconds + shutdown.finishSeconds;
    const seconds = Number(/^TimeoutStopSec=(\d+)$/m.exec(unit)?.[1]);
    expect(seconds).toBeGreaterThan(needed(systemd));
    expect(deployment.template.spec.terminationGracePeriodSeconds).toBeGreaterThan(needed(kubernetes));
    expect(service.predictor.terminationGracePeriodSeconds).toBeGreaterThan(needed(defaults));
  });

  test("drain for longer than the probe takes to see that a server is not ready", () => {
    const [{ readinessProbe }] = deployment.template.spec.containers;
    const { periodSeconds, failureThreshold, timeoutSeconds } = readinessProbe;
    expect(kubernetes.shutdown.drainSeconds).toBeGreaterThan(
      (periodSeconds + timeoutSeconds) * failureThreshold,
    );
  });
});
