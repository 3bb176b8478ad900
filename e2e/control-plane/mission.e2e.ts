// Each situation of Agno's page "Authorization Failed" is brought about, the control plane names its cause, and each way
// out that it prints is taken: the same request then passes.
import { ConfigurationError } from "@agentos/guard";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Cell, type Given, type NoCell, SERVERS, type ServerName, SITUATIONS } from "./mission.cases.ts";
import { connectSubject, createStandalone, type Standalone, type Subject } from "./support/mission-world.ts";
import { openWorld, type World } from "./support/world.ts";

let world: World;
let standalone: Standalone;

beforeAll(async () => {
  world = await openWorld();
  standalone = await createStandalone();
});
afterAll(() => world.plane.close());

const rows = Object.entries(SITUATIONS).flatMap(([name, cells]) =>
  SERVERS.map((server) => [name, server, cells[server]] as const),
);
const isCell = (cell: Cell | NoCell): cell is Cell => "code" in cell;

/** It says no version itself, so somebody has stated it. */
const isSilent = (server: ServerName) => server === "2.3.12" || server === "2.3.13";

/** One person makes so many changes at a time; a cell makes some six. */
const CELLS_OF_A_WORLD = 20;
let opened = 0;

async function open(server: ServerName, cell: Pick<Cell, "switches">): Promise<Subject> {
  if (opened === CELLS_OF_A_WORLD) {
    await world.plane.close();
    world = await openWorld();
    opened = 0;
  }
  opened += 1;
  const subject = await connectSubject(world.plane, world.acme);
  if (cell.switches !== undefined) await subject.setSwitches(cell.switches);
  if (isSilent(server)) await subject.stateVersion(server);
  return subject;
}

describe("named, and mended by each way out", () => {
  const cells = rows.flatMap(([name, server, cell]) => (isCell(cell) ? [[name, server, cell] as const] : []));

  test.each(cells)("%s (%s)", async (_, server, cell) => {
    const subject = await open(server, cell);
    const given: Given = { pem: subject.pem, standalone };
    try {
      for (const fix of cell.fixes) {
        if (cell.switches !== undefined && server !== "2.3.12") await subject.setSwitches(cell.switches);
        await subject.put(cell.server(given));
        const request = await cell.request(given);
        expect([401, 403]).toContain((await subject.ask(request)).status);
        const causes = await subject.diagnose(request);
        const [first] = causes;
        expect([first?.code, first?.certainty], JSON.stringify(causes, null, 1)).toEqual([
          cell.code,
          cell.certainty,
        ]);
        const printed = [
          first?.fix,
          ...(first?.choices ?? []).map(({ title, steps }) => `${title}: ${steps.join("; ")}`),
        ];
        expect(printed.join("\n")).toMatch(fix.follows);
        if (fix.switches !== undefined) await subject.setSwitches(fix.switches);
        if (fix.server !== undefined) await subject.put(fix.server(given));
        const answer = await subject.ask((await fix.request?.(given)) ?? request);
        expect(answer.status, answer.text).toBe(200);
      }
    } finally {
      await subject.close();
    }
  });
});

describe("does not come about", () => {
  const cells = rows.flatMap(([name, server, cell]) => (isCell(cell) ? [] : [[name, server, cell] as const]));

  test.each(cells)("%s (%s)", async (_, server, { cannot, instead }) => {
    expect(cannot).not.toBe("");
    if (instead === undefined) return;
    const subject = await open(server, {});
    try {
      const put = () => subject.put(instead.server({ pem: subject.pem, standalone }));
      if (instead.gives !== "accepted") {
        const refused = await put().then(
          () => undefined,
          (cause: unknown) => cause,
        );
        expect(refused).toBeInstanceOf(ConfigurationError);
        expect(String(refused)).toContain(instead.gives);
        return;
      }
      await put();
      expect((await subject.ask({ path: "/agents", sends: { kind: "minted" } })).status).toBe(200);
    } finally {
      await subject.close();
    }
  });
});
