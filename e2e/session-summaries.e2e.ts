// A long conversation over a real socket, on a database that outlives its server: what no longer fits is summarised, shown
// with the session, and known to the model after a restart; what the owner writes instead stays.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Agent, offlineEcho } from "@agentos/server";
import { createTestKey, goodToken, signToken } from "@agentos/testkit";
import { expect, onTestFinished, test } from "vitest";
import { bearer, bodyOf, send } from "./support/http.ts";
import { type Served, serve, stop } from "./support/serve.ts";

test("what a model is no longer shown of a session is in its summary, before and after a restart", async () => {
  const folder = mkdtempSync(join(tmpdir(), "agentos-summaries-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const key = await createTestKey("ES256");
  const now = Math.floor(Date.now() / 1_000);
  const scopes = ["agents:run", "agents:read", "sessions:read", "sessions:write"];
  const headers = bearer(await signToken(goodToken({ key, now, scopes })));

  const prompts: string[] = [];
  const echo = offlineEcho();
  const model: typeof echo = {
    ...echo,
    doStream(call) {
      prompts.push(JSON.stringify(call.prompt));
      return echo.doStream(call);
    },
  };
  const agent = () =>
    new Agent({
      id: "helper",
      model,
      addHistoryToContext: true,
      numHistoryRuns: 1,
      historyOverflow: "summarize",
    });
  const start = () =>
    serve({
      id: "agent-os",
      agents: [agent()],
      database: `sqlite:${join(folder, "agentos.db")}`,
      authorizationConfig: { verificationKeys: [key.verificationKey] },
    });
  const plain = ["RunStarted", "ModelRequestStarted", "ModelRequestCompleted", "RunContentCompleted"];
  const summarized = [...plain, "SessionSummaryStarted", "SessionSummaryCompleted", "RunCompleted"];
  const ask = async ({ port }: Served, message: string) => {
    const body = `session_id=s&message=${message}`;
    const { text } = await send(port, { method: "POST", path: "/agents/helper/runs", body, headers });
    return [...text.matchAll(/^event: (\w+)/gm)]
      .map(([, name]) => name)
      .filter((name) => name !== "RunContent");
  };
  const summaryOf = async ({ port }: Served) => {
    const session = bodyOf(await send(port, { path: "/sessions/s?type=agent", headers }));
    return session["session_summary"];
  };

  const first = await start();
  expect(await ask(first, "one")).toEqual([...plain, "RunCompleted"]);
  expect(await ask(first, "two")).toEqual(summarized);
  const summary = await summaryOf(first);
  // The model says back what it was asked to summarise.
  const text = "Summary so far:\nnone\n\nSaid since:\nUser: one\nAssistant: one";
  expect(summary).toMatchObject({ summary: text });
  await stop(first);

  const second = await start();
  expect(await summaryOf(second)).toEqual(summary);
  expect(await ask(second, "three")).toEqual(summarized);
  // Of this run: its answer, then its summary.
  const [asked] = prompts.slice(-2);
  expect(asked).toContain("User: one");
  expect(asked).toContain('"text":"two"');
  expect(asked).not.toContain('"text":"one"');
  const mine = { summary: "They counted." };
  const changed = await send(second.port, {
    method: "PATCH",
    path: "/sessions/s?type=agent",
    headers: { ...headers, "content-type": "application/json" },
    body: JSON.stringify({ summary: mine }),
  });
  expect(changed.status).toBe(200);
  expect(await summaryOf(second)).toEqual(mine);
  expect(await ask(second, "four")).toEqual(summarized);
  expect(prompts.at(-2)).toContain("They counted.");
  expect(await summaryOf(second)).toMatchObject({
    summary: "Summary so far:\nThey counted.\n\nSaid since:\nUser: three\nAssistant: three",
  });
});
