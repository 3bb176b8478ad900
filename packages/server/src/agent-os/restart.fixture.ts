/**
 * For tests: a server process that runs one agent once and ends. What it needs comes as JSON in its first argument; the
 * run goes out as JSON.
 */
import { randomUUID } from "node:crypto";
import { type DatabaseLocation, openDatabase } from "@agentos/storage";
import { Agent } from "../agents/agent.ts";
import { PROVIDERS } from "../agents/providers.fixture.ts";
import { TEST_TOOLS } from "../agents/test-tools.fixture.ts";
import { createRunService } from "../runs/service.ts";
import { createTestAccess, createTestRuntime, form } from "../runs/test-run.fixture.ts";
import { MIGRATIONS } from "../stores/schema/migrations.ts";
import type { Tables } from "../stores/schema/tables.ts";
import { createSqlRunStore } from "../stores/sql-run-store.ts";

export interface ProcessRun {
  readonly location: DatabaseLocation;
  /** Where the provider's server is. */
  readonly url: string;
  readonly provider: string;
  readonly message: string;
}

const { location, url, provider, message } = JSON.parse(process.argv[2] ?? "") as ProcessRun;
const database = openDatabase<Tables>({ location, migrations: MIGRATIONS });
const nodeId = randomUUID();
const service = createRunService({
  store: createSqlRunStore(database, { deployment: "shop", nodeId }),
  runtime: { ...createTestRuntime(), generateId: randomUUID },
});
const model = PROVIDERS.find(({ name }) => name === provider)?.model(url);
if (model === undefined) throw new Error(`no provider ${provider}`);
const agent = new Agent({
  id: "helper",
  model,
  tools: TEST_TOOLS,
  instructions: "Be brief.",
  addHistoryToContext: true,
  numHistoryRuns: 1,
  historyOverflow: "summarize",
  // Unstored at OpenAI: the reasoning itself goes back, encrypted.
  providerOptions: { openai: { store: false, include: ["reasoning.encrypted_content"] } },
});
const started = await service.startRun({
  runnable: agent,
  form: form(message, { sessionId: "s" }),
  access: createTestAccess(),
});
if (!started.ok) throw new Error(JSON.stringify(started.fault));
const { json } = await started.value.finished;
await database.close();
process.stdout.write(json);
