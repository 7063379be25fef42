import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { PACKAGE } from "./support/files.js";

const UNIT = `${PACKAGE}/deploy/systemd/fixed-classifier.service`;
const analyze = (...args: string[]) => spawnSync("systemd-analyze", args, { encoding: "utf8" });

// Version 250 is the first that judges a unit without a running systemd.
const version = Number(/systemd (\d+)/.exec(analyze("--version").stdout ?? "")?.[1] ?? 0);
if (version < 250)
  console.warn("skipped: the systemd unit is checked where systemd-analyze 250 or newer is installed");

describe.skipIf(version < 250)("the systemd unit", () => {
  test("is understood, without a warning", () => {
    expect(analyze("verify", UNIT)).toMatchObject({ status: 0, stderr: "" });
  });

  test("gives a service away little: at most 1.5 of 10 by systemd's own count", () => {
    const { stdout, status } = analyze("security", "--offline=yes", "--threshold=15", UNIT);
    expect(stdout).toContain("Overall exposure level");
    expect(status).toBe(0);
  });
});
