import { Problem } from "../problem.js";

/** A file that another one names, which must stand in its folder or below: a model has no say over other files of the machine. */
export function plainName(path: string, name: unknown): string {
  if (typeof name === "string" && name !== "" && !/^[/\\]|^[a-z]:|(?:^|[/\\])\.\.(?:$|[/\\])|\0/i.test(name))
    return name;
  throw new Problem(
    `${path} names the file ${JSON.stringify(name)}, which is not in its folder; such a model is not read`,
  );
}
