import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { credentials, loadPackageDefinition, type ServiceClientConstructor } from "@grpc/grpc-js";
import { loadFileDescriptorSetFromBuffer, loadSync } from "@grpc/proto-loader";
import { expect, test } from "vitest";
import { definitions } from "../../src/grpc/protocol.js";
import { type Message, started } from "./support/client.js";
import { DONE, ScriptedInference } from "./support/inference.js";

const folder = dirname(createRequire(import.meta.url).resolve("@grpc/reflection/package.json"));

interface Stream extends AsyncIterable<Message> {
  write(message: Message): void;
  end(): void;
}

/** What reflection answers, as grpcurl asks it. */
async function ask(port: number, version: string, question: Message): Promise<Message> {
  const file = join(folder, `build/proto/grpc/reflection/${version}/reflection.proto`);
  const loaded = loadPackageDefinition(loadSync(file, { keepCase: true })) as unknown as {
    grpc: { reflection: Record<string, { ServerReflection: ServiceClientConstructor }> };
  };
  const client = new loaded.grpc.reflection[version].ServerReflection(
    `localhost:${port}`,
    credentials.createInsecure(),
  );
  const stream = (client as unknown as { ServerReflectionInfo(): Stream }).ServerReflectionInfo();
  stream.write(question);
  stream.end();
  for await (const answer of stream) {
    client.close();
    return answer;
  }
  throw new Error("reflection gave no answer");
}

test.each(["v1", "v1alpha"])(
  "a client needs no .proto: reflection %s describes the service",
  async (version) => {
    const { port } = await started(new ScriptedInference(() => DONE));
    const list = await ask(port, version, { list_services: "*" });
    const { service } = list.list_services_response as { service: { name: string }[] };
    const names = service.map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining(["inference.GRPCInferenceService", "grpc.health.v1.Health"]),
    );

    const symbol = { file_containing_symbol: "inference.GRPCInferenceService.ModelInfer" };
    const found = await ask(port, version, symbol);
    const [file] = (found.file_descriptor_response as { file_descriptor_proto: Buffer[] })
      .file_descriptor_proto;
    // A set has its files in field 1.
    const length = file.length;
    const set = Buffer.concat([Buffer.from([0x0a, (length & 0x7f) | 0x80, length >> 7]), file]);
    const described = loadFileDescriptorSetFromBuffer(set)["inference.GRPCInferenceService"];
    expect(Object.keys(described)).toEqual(Object.keys(definitions));
  },
);
