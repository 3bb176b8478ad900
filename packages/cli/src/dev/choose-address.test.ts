import { expect, it } from "vitest";
import { chooseConsoleHost, chooseControlPlanePort, portChoice } from "./choose-address.ts";

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

it("suggests ports beside both of the demo, as whoever has started it gives options", () => {
  expect(portChoice({ npm_lifecycle_event: "start" }, "--port")).toEqual({
    option: "npm start -- --port",
    step: 3,
  });
  expect(portChoice({ npm_lifecycle_event: "dev" }, "--port").option).toBe("npm run dev -- --port");
  for (const env of [{}, { npm_lifecycle_event: "npx" }])
    expect(portChoice(env, "--control-plane-port").option).toBe("--control-plane-port");
});

it.each([
  ["http://localhost:7777", "127.0.0.1"],
  ["http://[::1]:7777", "127.0.0.1"],
  ["http://127.0.0.1:7777", "localhost"],
])("beside %s the console is at %s", (url, host) => {
  expect(chooseConsoleHost(url)).toBe(host);
});
