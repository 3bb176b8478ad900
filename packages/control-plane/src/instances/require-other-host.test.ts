import { afterEach, beforeEach, describe, expect, it, test } from "vitest";
import { updateInstance } from "./change-instance.ts";
import { connectDraft, updateDraft } from "./draft-instance.ts";
import { codeOf, openTestInstances, type TestInstances } from "./instances.fixture.ts";
import { readInstance } from "./read-instances.ts";
import { findConsoleHostProblem } from "./require-other-host.ts";

const LOCAL = "http://127.0.0.1:7778";
const FAR = "https://console.example";
const ITSELF = "the address of this console itself, where no AgentOS is";

test.each([
  [FAR, FAR, ITSELF],
  [`${FAR}/api`, FAR, ITSELF],
  ["http://console.example:443", FAR, expect.stringContaining("host of this console (console.example)")],
  ["https://console.example:8443/os", FAR, expect.stringContaining("(console.example), every port of which")],
  ["http://127.0.0.1:7777", LOCAL, expect.stringContaining("host of this console (127.0.0.1)")],
  // The same server, by its other names.
  ["http://localhost:7778", LOCAL, ITSELF],
  ["http://LOCALHOST:7778/x", LOCAL, ITSELF],
  ["http://a.localhost:7778", LOCAL, ITSELF],
])("%s cannot be an instance of the console at %s", (endpoint, console, place) => {
  expect(findConsoleHostProblem(endpoint, console)?.console_place).toEqual(place);
});

test.each([
  ["https://agents.console.example", FAR],
  ["https://example", FAR],
  ["http://localhost:7777", FAR],
  ["http://localhost:7777", LOCAL],
  ["http://127.0.0.2:7777", LOCAL],
  ["http://127.0.0.1:7777", "http://localhost:7778"],
])("%s is on another host than the console at %s", (endpoint, console) => {
  expect(findConsoleHostProblem(endpoint, console)).toBeUndefined();
});

test.each([
  ["http://127.0.0.1:7777/os", LOCAL, "http://localhost:7777/os"],
  ["http://localhost:7777", "http://localhost:7778", "http://127.0.0.1:7777"],
])("of %s the address that works is named", (endpoint, console, works) => {
  expect(findConsoleHostProblem(endpoint, console)?.endpoint_remedy).toBe(
    `write ${works}, which is the same server under another name`,
  );
});

describe("an endpoint on the host of the console", () => {
  const CODE = "INSTANCE_ENDPOINT_ON_CONSOLE_HOST";
  const endpoint = `${FAR}:8443`;
  let world: TestInstances;
  beforeEach(async () => {
    world = await openTestInstances("sqlite");
  });
  afterEach(() => world.close());
  const setAside = (id: string) =>
    world.store.note(async (db) => {
      await db.updateTable("agentos_cp_instances").set({ endpoint }).where("instance_id", "=", id).execute();
    });

  it("is refused wherever one is given", async () => {
    const { services, owner } = world;
    expect(await codeOf(world.draft(owner, { endpoint }))).toBe(CODE);
    const draft = await world.draft(owner);
    expect(await codeOf(updateDraft(services, owner, draft, { endpoint }))).toBe(CODE);
    const instance = await world.connect(owner, { endpoint: "https://os.example" });
    expect(await codeOf(updateInstance(services, owner, instance, { endpoint }))).toBe(CODE);
  });

  it("of a draft that was made before is not connected", async () => {
    const draft = await world.draft(world.owner);
    await setAside(draft);
    expect(await codeOf(connectDraft(world.services, world.owner, draft))).toBe(CODE);
  });

  it("that is connected already goes on, and says so", async () => {
    const { services, owner } = world;
    const id = await world.connect(owner);
    const codes = async () => (await readInstance(services, owner, id)).findings.map(({ code }) => code);
    expect(await codes()).not.toContain("INSTANCE_ON_CONSOLE_HOST");
    await setAside(id);
    expect(await codes()).toContain("INSTANCE_ON_CONSOLE_HOST");
    await updateInstance(services, owner, id, { name: "Renamed", endpoint });
    expect(await readInstance(services, owner, id)).toMatchObject({ name: "Renamed", endpoint });
  });
});
