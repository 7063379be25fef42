import { join } from "node:path";
import { expect, test } from "vitest";
import { settingsOf } from "../../src/server/settings.js";
import { folderOf } from "../support/models.js";

function fileOf(yaml: string): string {
  return join(folderOf({ "server.yaml": yaml }), "server.yaml");
}

test("without a file everything has its default, and one thread at least", () => {
  const { models, host, rest, grpc, execution, limits, shutdown, log } = settingsOf(undefined, {}, [
    "x=a/b.json",
  ]);
  expect({ models, host, rest, grpc, shutdown, log }).toEqual({
    models: [{ name: "x", path: "a/b.json" }],
    host: "127.0.0.1",
    rest: { port: 8080, keepAliveSeconds: 75 },
    grpc: { isEnabled: true, port: 8081, callsPerConnection: 256 },
    shutdown: { drainSeconds: 5, finishSeconds: 25 },
    log: { level: "info", access: false },
  });
  expect(limits).toMatchObject({ requestSeconds: 60, stallSeconds: 120 });
  expect(execution.workers).toBeGreaterThanOrEqual(1);
  expect(execution.batching).toEqual({ maxRows: 1, maxDelayMilliseconds: 2 });
});

test("flags go before the file, paths start from where they stand", () => {
  const file = fileOf(`
models: [{ name: digits, path: heads/digits.safetensors }, { path: /srv/letters }]
rest: { port: 9000 }
security: { keys: keys.txt, tls: { certificate: tls/server.pem, key: /etc/server.key } }
log: { level: warn }
`);
  const folder = join(file, "..");
  const flags = { rest: { port: 9001, keepAliveSeconds: undefined }, log: { level: undefined } };
  const { models, rest, security, log } = settingsOf(file, flags, ["more.safetensors"]);
  expect(models).toEqual([
    { name: "more", path: "more.safetensors" },
    { name: "digits", path: join(folder, "heads/digits.safetensors") },
    { name: "letters", path: "/srv/letters" },
  ]);
  expect({ rest, security, log }).toEqual({
    rest: { port: 9001, keepAliveSeconds: 75 },
    security: {
      keys: join(folder, "keys.txt"),
      tls: { certificate: join(folder, "tls/server.pem"), key: "/etc/server.key" },
    },
    log: { level: "warn", access: false },
  });
  expect(settingsOf(file, { security: { keys: "mine.txt" } }, []).security.keys).toBe("mine.txt");
});

test.each([
  ["models: x", /server.yaml: models must be array/],
  ["modles: []", /server.yaml: it has no key "modles"/],
  ["rest: { prot: 1 }", /rest has no key "prot"/],
  ["rest: { port: 65536 }", /rest.port must be <= 65535/],
  ["grpc: { port: http }", /grpc.port must be integer/],
  ["log: { level: loud }", /log.level must be equal to one of the allowed values: fatal, error, warn/],
  ["models: [{ name: x }]", /models.0 must have required property 'path'/],
  ["security: { tls: { certificate: x } }", /security.tls must have required property 'key'/],
  ["- a\n- b", /must be a mapping of keys to values/],
  ["a: [", /server.yaml: /],
  ["", /there is no model to serve/],
  [
    "models: [{ path: x }]\nlimits: { requestBytes: 2, bytesInFlight: 1 }",
    /no such request would ever be taken/,
  ],
  [
    "models: [{ path: x }]\ngrpc: { maxMessageBytes: 536870913 }",
    /grpc: maxMessageBytes is 536870913, but limits: bytesInFlight only 536870912/,
  ],
  ["limits: { requestSeconds: 0 }", /limits.requestSeconds must be >= 1/],
  ["limits: { stallSeconds: 1e9 }", /limits.stallSeconds must be <= 86400/],
  ["grpc: { callsPerConnection: 0 }", /grpc.callsPerConnection must be >= 1/],
  ["grpc: { maxMessageBytes: 0 }", /grpc.maxMessageBytes must be >= 1/],
  ["models: [{ name: 'a b', path: x.txt }]", /no name for a model/],
])("%s is refused", (yaml, message) => {
  expect(() => settingsOf(fileOf(yaml), {}, [])).toThrow(message);
});

test("an answer may not be larger than what fits into memory", () => {
  const { limits } = settingsOf(
    fileOf("limits: { requestBytes: 50, bytesInFlight: 100 }\ngrpc: { maxMessageBytes: 50 }"),
    {},
    ["x"],
  );
  expect(limits.answerBytes).toBe(100);
  expect(settingsOf(undefined, {}, ["x"]).limits.answerBytes).toBe(2 ** 28);
});

test("a flag out of range, and a file that is not there", () => {
  expect(() => settingsOf(undefined, { shutdown: { drainSeconds: -1 } }, ["x"])).toThrow(
    /the options: shutdown.drainSeconds must be >= 0/,
  );
  expect(() => settingsOf("/nowhere.yaml", {}, ["x"])).toThrow(/there is no such file/);
});
