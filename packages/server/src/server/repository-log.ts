import type { Repository } from "../inference/services.js";
import type { Logger } from "./log.js";

/** A repository whose changes are in the log, whoever made them. */
export function loggedModels(models: Repository, log: Logger): Repository {
  const said = async (change: Promise<void>, model: string, what: string) => {
    try {
      await change;
      log.info({ model }, `model ${what}`);
    } catch (error) {
      log.warn({ model, reason: (error as Error).message }, `model not ${what}`);
      throw error;
    }
  };
  return {
    index: () => models.index(),
    load: (model) => said(models.load(model), model, "loaded"),
    unload: (model) => said(models.unload(model), model, "unloaded"),
  };
}
