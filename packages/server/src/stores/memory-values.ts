/** What the driver in memory does with the values of its entries: all of it pure, but for what it is told to replace. */
import type {
  ListedSession,
  RunQuery,
  SessionChange,
  SessionFilter,
  SessionKey,
  StateChange,
  StoredEvent,
  StoredOutput,
  StoredRun,
  StoredSession,
  SummaryChange,
  TokenSums,
} from "../runs/store.ts";
import { MAX_LISTED_BYTES } from "../runs/store.ts";
import { sizeOfText } from "./accounts.ts";
import type { RunEntry, SessionEntry } from "./memory-sessions.ts";

export function unbound(key: SessionKey): SessionKey {
  return { ...key, component: { kind: key.component.kind, id: "" } };
}

export function fits(
  { component, owner }: Pick<SessionKey, "component" | "owner">,
  { kind, componentId, userId }: Omit<SessionFilter, "sessionId">,
): boolean {
  return (
    (kind === undefined || component.kind === kind) &&
    (componentId === undefined || component.id === componentId) &&
    (userId === undefined || owner.id === userId)
  );
}

/** Those that follow the run of this id, in their order. */
export function* runsAfter(
  runs: ReadonlyMap<string, RunEntry>,
  afterRunId: string | undefined,
): Generator<RunEntry, void> {
  let isAfter = afterRunId === undefined;
  for (const [id, run] of runs) {
    if (isAfter) yield run;
    else isAfter = id === afterRunId;
  }
}

/** The first so many that fit. */
export function takeRuns(
  runs: Iterable<RunEntry>,
  { status, createdAfter, createdBefore }: Omit<RunQuery, "limit">,
  count: number,
): RunEntry[] {
  const found: RunEntry[] = [];
  if (count <= 0) return found;
  for (const run of runs) {
    if (status !== undefined && run.status !== status) continue;
    if (createdAfter !== undefined && run.createdAt < createdAfter) continue;
    if (createdBefore !== undefined && run.createdAt > createdBefore) continue;
    found.push(run);
    if (found.length >= count) break;
  }
  return found;
}

export function lowerAscii(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

export function addTokens(one: TokenSums, other: TokenSums): TokenSums {
  return {
    inputTokens: one.inputTokens + other.inputTokens,
    outputTokens: one.outputTokens + other.outputTokens,
    totalTokens: one.totalTokens + other.totalTokens,
  };
}

/** Gives how many bytes more it costs than the one before. */
export function change(session: SessionEntry, changeState: StateChange | undefined): number {
  return changeState === undefined ? 0 : put(session, "stateJson", changeState(session.stateJson));
}

export function summarize(session: SessionEntry, changeSummary: SummaryChange | undefined): number {
  const summaryJson = changeSummary?.(session.summaryJson);
  return summaryJson === undefined ? 0 : put(session, "summaryJson", summaryJson);
}

type TextName = "name" | "stateJson" | "metadataJson" | "summaryJson";

/** Each value that is given stands in the place of the one before. Gives how many bytes more they cost. */
export function replace(
  entry: SessionEntry,
  { name, state, metadata, summary }: Omit<SessionChange, "at">,
): number {
  let moreBytes = name === undefined ? 0 : put(entry, "name", name);
  if (state !== undefined) moreBytes += put(entry, "stateJson", JSON.stringify(state));
  if (metadata !== undefined) moreBytes += put(entry, "metadataJson", JSON.stringify(metadata));
  if (summary !== undefined) moreBytes += put(entry, "summaryJson", JSON.stringify(summary));
  return moreBytes;
}

function put(entry: SessionEntry, name: TextName, text: string): number {
  const moreBytes = sizeOfText(text) - sizeOfText(entry[name] ?? "");
  entry[name] = text;
  return moreBytes;
}

/** INVARIANT: the run service wrote these texts, from values of these types. */
function parse<Value>(json: string): Value {
  return JSON.parse(json) as Value;
}

export function readListedSession({ key, ...entry }: SessionEntry): ListedSession {
  const { stateJson, metadataJson, summaryJson } = entry;
  const short = (json: string | undefined) =>
    json !== undefined && Buffer.byteLength(json) <= MAX_LISTED_BYTES ? json : undefined;
  const values = {
    stateJson: short(stateJson) ?? "{}",
    metadataJson: short(metadataJson),
    summaryJson: short(summaryJson),
  };
  const session = readSession({ key, ...entry, ...values });
  return short(stateJson) === undefined ? { ...session, state: undefined } : session;
}

export function readSession(entry: SessionEntry): StoredSession {
  const { key, name, firstInput, stateJson, metadataJson, summaryJson, tokens, createdAt, updatedAt } = entry;
  return {
    key,
    name,
    firstInput,
    state: parse<StoredSession["state"]>(stateJson),
    metadata: metadataJson === undefined ? undefined : parse<StoredSession["state"]>(metadataJson),
    summary: summaryJson === undefined ? undefined : parse<StoredSession["state"]>(summaryJson),
    tokens,
    createdAt,
    updatedAt,
  };
}

export function readRun({ lease: { key }, outputJson, eventsJson }: RunEntry): StoredRun {
  return { key, output: parse<StoredOutput>(outputJson), events: parse<StoredEvent[]>(eventsJson) };
}
