/** What both engines have in common: onnxruntime's JavaScript interface is the same for the addon and for WebAssembly. */
import type * as Ort from "onnxruntime-web";
import { Problem } from "../problem.js";
import type { Binding, Engine, Numbers, Session } from "./engine.js";

/** Of the two packages, as far as it is used here. */
export type OnnxRuntime = Pick<typeof Ort, "InferenceSession" | "Tensor" | "env">;

export function engineOf(ort: OnnxRuntime, name: Engine["name"], description: string): Engine {
  const tensors = (bindings: readonly Binding[]) =>
    Object.fromEntries(
      bindings.map(({ name, type, shape, data }) => [name, new ort.Tensor(type, data, [...shape])]),
    );
  return {
    name,
    description,
    async session(model, inputs, outputs): Promise<Session> {
      const session = await ort.InferenceSession.create(model, {
        intraOpNumThreads: 1,
        interOpNumThreads: 1,
        // Errors only: what it warns of is how it lays out graphs.
        logSeverityLevel: 3,
      });
      const feeds = tensors(inputs);
      const fetches = tensors(outputs);
      const names = Object.keys(fetches);
      const run = async (): Promise<void> => {
        if (name === "native") {
          await session.run(feeds, fetches);
          return;
        }
        // WebAssembly leaves arrays that it is given for outputs as they were.
        const results = await session.run(feeds, names);
        for (const { name, data } of outputs) copy(results[name].data as Numbers, data);
      };
      return {
        run: () => run().catch((error: unknown) => Promise.reject(explained(error, name))),
        release: () => session.release(),
      };
    },
  };
}

/** What the user can mend: too much memory asked for. Anything else is a fault of a graph. */
function explained(error: unknown, name: Engine["name"]): unknown {
  const message = String((error as Error).message ?? error);
  if (!/bad_alloc|memory|allocation failed/i.test(message)) return error;
  const remedy =
    name === "native"
      ? ""
      : ", or install the native engine by npm install onnxruntime-node: WebAssembly has 4 GB at most";
  return new Problem(`a step needs more memory than there is; take a smaller --batch${remedy}`, {
    cause: error,
  });
}

const copy = (from: Numbers, to: Numbers): void => (to as Float32Array).set(from as Float32Array);
