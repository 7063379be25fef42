import { ServerInterceptingCall, type ServerInterceptor, status } from "@grpc/grpc-js";

/** How often calls are looked over for those that take too long. */
const EVERY_MS = 2_000;

type Call = ConstructorParameters<typeof ServerInterceptingCall>[0];

/** Ends calls whose request does not come to its end: what has come of it would be kept for ever. */
export class Patience {
  /** Calls whose request has not come whole, since when. */
  private readonly waiting = new Map<Call, number>();
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly milliseconds: number) {
    this.timer = setInterval(() => this.lookOver(), Math.min(EVERY_MS, milliseconds)).unref();
  }

  /** A stream of requests may be silent for as long as it likes. */
  readonly interceptor: ServerInterceptor = ({ requestStream }, call) =>
    new ServerInterceptingCall(
      call,
      requestStream
        ? undefined
        : {
            start: (next) => {
              this.waiting.set(call, Date.now());
              next({
                onReceiveHalfClose: (pass) => {
                  this.waiting.delete(call);
                  pass();
                },
                onCancel: () => this.waiting.delete(call),
              });
            },
          },
    );

  end(): void {
    clearInterval(this.timer);
  }

  private lookOver(): void {
    const late = Date.now() - this.milliseconds;
    for (const [call, since] of this.waiting) {
      // They stand in the order in which they came.
      if (since > late) return;
      this.waiting.delete(call);
      call.sendStatus({
        code: status.DEADLINE_EXCEEDED,
        details: `the request did not come whole within ${this.milliseconds / 1000} s`,
      });
    }
  }
}
