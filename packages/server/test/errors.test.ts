import { status } from "@grpc/grpc-js";
import { expect, test } from "vitest";
import { FAILURES, InferenceError } from "../src/inference/errors.js";

test("every failure has a status that both protocols know", () => {
  for (const [failure, { http, grpc }] of Object.entries(FAILURES)) {
    expect(http, failure).toBeGreaterThanOrEqual(400);
    expect(status[grpc], failure).toBeTypeOf("string");
  }
  expect(new InferenceError("invalid", "rows").failure).toBe("invalid");
});
