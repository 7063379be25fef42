import { DockerfileParser } from "dockerfile-ast";
import { validate } from "dockerfile-utils";
import { expect, test } from "vitest";
import { documents, read } from "./support/files.js";

const text = read("deploy/container/Dockerfile");
const dockerfile = DockerfileParser.parse(text);
const last = (keyword: string): string =>
  dockerfile
    .getInstructions()
    .filter((instruction) => instruction.getKeyword() === keyword)
    .at(-1)
    ?.getArgumentsContent() ?? "";

test("is a Dockerfile without a complaint", () => {
  expect(validate(text).map(({ message, range }) => `${range.start.line + 1}: ${message}`)).toEqual([]);
  expect(validate(text.replace("USER", "USSER"))).toHaveLength(1);
});

test("is of two stages, the second without a shell: so its commands are lists", () => {
  const stages = dockerfile.getFROMs();
  expect(stages).toHaveLength(2);
  expect(stages[1]?.getImage()).toMatch(/^gcr\.io\/distroless\/nodejs\$\{NODE\}-debian12:nonroot$/);
  for (const keyword of ["ENTRYPOINT", "CMD"]) expect(JSON.parse(last(keyword))).toBeInstanceOf(Array);
  expect(last("HEALTHCHECK")).toMatch(/CMD \[".*"\]$/s);
  const after = text.slice(text.indexOf("FROM gcr.io"));
  expect(after).not.toMatch(/^RUN/m);
});

test("is run by the user that Kubernetes runs it as", () => {
  const [{ spec }] = documents("deploy/kubernetes/deployment.yaml");
  const { runAsUser, runAsGroup } = spec.template.spec.securityContext;
  expect(last("USER")).toBe(`${runAsUser}:${runAsGroup}`);
});
