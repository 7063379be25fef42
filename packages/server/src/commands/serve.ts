import { constants } from "node:os";
import { type Command, InvalidArgumentError } from "commander";

interface Options {
  readonly model?: string[];
  readonly config?: string;
  readonly host?: string;
  readonly port?: number;
  readonly grpcPort?: number;
  readonly grpc: boolean;
  readonly grpcMaxMessage?: number;
  readonly workers?: number;
  readonly drain?: number;
  readonly keys?: string;
  readonly tlsCertificate?: string;
  readonly tlsKey?: string;
  readonly tlsClientCa?: string;
  readonly logLevel?: string;
  readonly accessLog?: boolean;
}

export function addServeCommand(program: Command): void {
  program
    .command("serve")
    .description("Serve models by the Open Inference Protocol, over REST and gRPC.")
    .option(
      "--model <[NAME=]PATH>",
      "a head's file, a folder of one with what stands beside it, or a folder of versions; as often as there are models",
      (model: string, before: string[] = []) => [...before, model],
    )
    .option("--config <file>", "a YAML file of all settings; options go before it")
    .option("--host <address>", "where to listen (default: 127.0.0.1, which only this machine reaches)")
    .option("--port <number>", "for REST (default: 8080; 0 for any that is free)", numberOf)
    .option("--grpc-port <number>", "for gRPC (default: 8081; 0 for any that is free)", numberOf)
    .option(
      "--grpc-max-message <bytes>",
      "of a gRPC request (default: limits.requestBytes of the file, 67108864)",
      numberOf,
    )
    .option("--no-grpc", "REST only")
    .option(
      "--workers <number>",
      "threads for large requests (default: one fewer than there are cores)",
      numberOf,
    )
    .option("--drain <seconds>", "how long to go on answering after SIGTERM (default: 5)", numberOf)
    .option("--keys <file>", "API keys, one a line; or in the variable FIXED_CLASSIFIER_API_KEYS")
    .option("--tls-certificate <file>", "PEM; with --tls-key")
    .option("--tls-key <file>", "PEM")
    .option("--tls-client-ca <file>", "PEM; clients must have a certificate of it")
    .option("--log-level <level>", "fatal, error, warn, info, debug, trace or silent (default: info)")
    .option("--access-log", "a line for every request")
    .action(serve);
}

function numberOf(text: string): number {
  const number = Number(text);
  if (text.trim() === "" || !Number.isFinite(number)) throw new InvalidArgumentError("a number is expected");
  return number;
}

async function serve(options: Options): Promise<void> {
  // Requests run beside each other: a thread that helps with one waits for a core that another has.
  process.env.FIXED_CLASSIFIER_THREADS ??= "1";
  // Read only now: `score`, which runs once for every part of a table, would start half a second later.
  const [{ logOf }, { settingsOf }, { startServer }] = await Promise.all([
    import("../server/log.js"),
    import("../server/settings.js"),
    import("../server/start.js"),
  ]);
  const { tlsCertificate: certificate, tlsKey: key, tlsClientCa: clientCa } = options;
  const isTls = certificate !== undefined || key !== undefined || clientCa !== undefined;
  const settings = settingsOf(
    options.config,
    {
      host: options.host,
      rest: { port: options.port },
      grpc: {
        port: options.grpcPort,
        isEnabled: options.grpc ? undefined : false,
        maxMessageBytes: options.grpcMaxMessage,
      },
      security: { keys: options.keys, tls: isTls ? { certificate, key, clientCa } : undefined },
      execution: { workers: options.workers },
      shutdown: { drainSeconds: options.drain },
      log: { level: options.logLevel, access: options.accessLog },
    },
    options.model ?? [],
  );
  const log = logOf(settings.log);
  // From the first moment: the first process of a container dies of no signal that it does not handle.
  const signal = new Promise<NodeJS.Signals>((resolve) => {
    for (const name of SIGNALS) process.once(name, resolve);
  });
  const started = startServer(settings, log);
  const server = await Promise.race([started, signal]);
  if (typeof server === "string") process.exit(statusOf(server));
  const received = await signal;
  for (const again of SIGNALS) process.once(again, () => process.exit(statusOf(again)));
  // Who presses Ctrl-C waits for no load balancer.
  const isWhole = await server.stop(received === "SIGINT" ? 0 : undefined);
  process.exit(isWhole ? 0 : 1);
}

/** A terminal that is closed sends SIGHUP, which loses no request either. */
const SIGNALS = ["SIGTERM", "SIGINT", "SIGHUP"] as const;

/** As shells have it for a process that died of a signal. */
const statusOf = (signal: NodeJS.Signals): number => 128 + constants.signals[signal];
