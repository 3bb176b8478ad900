/** For tests: a server that runs one agent once and ends, in this process or in one of its own. */
import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { promisify } from "node:util";
import { type DatabaseLocation, openDatabase } from "@agentos/storage";
import { Agent } from "../agents/agent.ts";
import { PROVIDERS } from "../agents/providers.fixture.ts";
import { TEST_TOOLS } from "../agents/test-tools.fixture.ts";
import { createRunService } from "../runs/service.ts";
import { createTestAccess, createTestRuntime, form, startRun } from "../runs/test-run.fixture.ts";
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

/** Gives the run as JSON. */
export async function runOnce({ location, url, provider, message }: ProcessRun): Promise<string> {
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
  const database = openDatabase<Tables>({ location, migrations: MIGRATIONS });
  try {
    const service = createRunService({
      store: createSqlRunStore(database, { deployment: "shop", nodeId: randomUUID() }),
      runtime: { ...createTestRuntime(), generateId: randomUUID },
    });
    const input = form(message, { sessionId: "s" });
    const started = await startRun(service, { runnable: agent, form: input, access: createTestAccess() });
    if (!started.ok) throw new Error(JSON.stringify(started.fault));
    return (await started.value.finished).json;
  } finally {
    await database.close();
  }
}

const CHILD = `
import { runOnce } from ${JSON.stringify(import.meta.url)};
process.stdout.write(await runOnce(JSON.parse(process.argv[1])));
`;

/** The same in a process that ends with it. */
export async function runInProcess(run: ProcessRun): Promise<string> {
  const flags = ["--conditions=@agentos/source", "--input-type=module", "--eval", CHILD];
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, JSON.stringify(run)]);
  return stdout;
}
