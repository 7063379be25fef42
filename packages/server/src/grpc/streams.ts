import type { Server, ServiceDefinition, UntypedServiceImplementation } from "@grpc/grpc-js";

interface Stream {
  end(): void;
  once(event: string, listener: () => void): unknown;
}

/** The calls that last, watches of health and reflection: as long as one is open its connection does not close by itself. */
export class Streams {
  private readonly open = new Set<Stream>();

  /** Adds services as the server itself does, and keeps the streams of these methods. */
  adderTo(server: Server, methods: readonly string[]): Pick<Server, "addService"> {
    return {
      addService: (service: ServiceDefinition, implementation: UntypedServiceImplementation) => {
        const kept = { ...implementation };
        for (const name of methods) kept[name] = this.keeping(implementation[name] as Handler);
        server.addService(service, kept);
      },
    };
  }

  endAll(): void {
    for (const stream of this.open) stream.end();
  }

  private keeping(handler: Handler): Handler {
    return (stream) => {
      this.open.add(stream);
      stream.once("cancelled", () => this.open.delete(stream));
      handler(stream);
    };
  }
}

type Handler = (stream: Stream) => void;
