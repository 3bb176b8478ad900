import { expect, it } from "vitest";
import { chooseControlPlanePort } from "./choose-port.ts";

it("stands behind that of the AgentOS, and is any free one behind the last", async () => {
  expect(await chooseControlPlanePort(undefined, undefined)).toBe(7_778);
  expect(await chooseControlPlanePort(undefined, 8_000)).toBe(8_001);
  expect(await chooseControlPlanePort(9_000, 65_535)).toBe(9_000);
  for (const port of [0, 65_535]) {
    const chosen = await chooseControlPlanePort(undefined, port);
    expect(chosen).toBeGreaterThan(0);
    expect(chosen).toBeLessThan(65_536);
  }
});
