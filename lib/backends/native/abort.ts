import type { AbortSignalLike } from "../backend.js";

/** The calls in flight that one signal aborts. */
interface Calls {
  /** The flag of each, which the addon reads: other than 0 stops the work. */
  readonly flags: Set<Int32Array>;
  abort(): void;
}

const inFlight = new WeakMap<AbortSignalLike, Calls>();

/**
 * Runs a call that stops early when `signal` aborts: `run` gets its flag. A signal has one listener for all of its calls, for Node.js warns
 * of more than ten.
 */
export async function abortable(
  signal: AbortSignalLike | undefined,
  run: (cancelled: Int32Array) => Promise<void>,
): Promise<void> {
  const cancelled = new Int32Array(1);
  if (signal === undefined) return run(cancelled);
  const calls = inFlight.get(signal) ?? listen(signal);
  calls.flags.add(cancelled);
  try {
    await run(cancelled);
  } finally {
    calls.flags.delete(cancelled);
    if (calls.flags.size === 0) {
      signal.removeEventListener("abort", calls.abort);
      inFlight.delete(signal);
    }
  }
}

function listen(signal: AbortSignalLike): Calls {
  const flags = new Set<Int32Array>();
  const abort = (): void => {
    for (const flag of flags) flag[0] = 1;
  };
  const calls = { flags, abort };
  inFlight.set(signal, calls);
  signal.addEventListener("abort", abort);
  return calls;
}
