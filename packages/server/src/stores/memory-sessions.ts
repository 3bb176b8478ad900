/**
 * The sessions of the in-memory run store, with what each costs. When there is no room left, the owner who holds most
 * forgets what it used longest ago, so making runs never deletes somebody else's.
 */
import type { Owner } from "@agentos/auth";
import type { RunStatus } from "@agentos/contract";
import type { LoggedRow } from "../runs/event-log.ts";
import type { RunLease, SessionKey, TokenSums } from "../runs/store.ts";
import { ENTRY_BYTES, findAccounts, findLargest, isVerified, pathOf, sizeOfText } from "./accounts.ts";
import { createTupleMap } from "./tuple-map.ts";
import { createUseOrder, type Used, type UseOrder } from "./use-order.ts";

/** A run. Its texts cost what they are long. */
export interface RunEntry {
  /** Of its last attempt. */
  lease: RunLease;
  isLive: boolean;
  status: RunStatus;
  /** Seconds since the epoch. */
  readonly createdAt: number;
  outputJson: string;
  /** Of the kept events; none while the run lives. */
  eventsJson: string;
  bytes: number;
  checkpointJson: string | undefined;
  keepsEvents: boolean;
  /** Somebody wants it to stop. */
  isUnwanted: boolean;
  /** As its row would say: behind the log while it runs. */
  nextIndex: number;
  /** Its events, where it keeps them. */
  rows: LoggedRow[];
}

export interface SessionEntry extends Used<SessionEntry> {
  readonly key: SessionKey;
  /** Undefined before it is added and after it is removed. */
  owner: OwnerEntry | undefined;
  /** In the order in which sessions were created. */
  readonly number: number;
  name: string | undefined;
  firstInput: string | undefined;
  stateJson: string;
  metadataJson: string | undefined;
  summaryJson: string | undefined;
  tokens: TokenSums;
  readonly createdAt: number;
  updatedAt: number;
  /** Oldest first. */
  readonly runs: Map<string, RunEntry>;
  /** What all of it costs, but for the runs that live. */
  bytes: number;
  /** Of that, what counts: while a run lives, its session is held by the run, and only its other runs count. */
  counted: number;
  liveRuns: number;
}

interface OwnerEntry {
  readonly owner: Owner;
  readonly sessions: UseOrder<SessionEntry>;
  bytes: number;
}

export interface StoreLimits {
  /** Bytes of everybody. */
  readonly maxBytes: number;
  /** Bytes of one owner whom a credential names. */
  readonly maxBytesPerOwner: number;
}

export interface MemorySessionsOptions extends StoreLimits {
  /** Told of each run that is not kept any more. */
  readonly onForgotten: (run: RunEntry) => void;
}

export interface MemorySessions {
  find(key: SessionKey): SessionEntry | undefined;
  /** Of one owner, or of all. */
  list(owner?: Owner): Iterable<SessionEntry>;
  add(entry: SessionEntry): void;
  /** One more than the last. */
  nextNumber(): number;
  /** To be called after every use, with what it costs more than before; forgets what does not fit. */
  used(entry: SessionEntry, moreBytes: number): void;
  remove(entry: SessionEntry): void;
}

/** Where it is full, so much is made free at once: looking for the largest owner is not done for each run. */
const KEPT_PART = 0.95;

export function createMemorySessions({
  maxBytes,
  maxBytesPerOwner,
  onForgotten,
}: MemorySessionsOptions): MemorySessions {
  const owners = createTupleMap<OwnerEntry>();
  const sessions = createTupleMap<SessionEntry>();
  let total = 0;
  let lastNumber = 0;

  function ownerOf(owner: Owner): OwnerEntry {
    const known = owners.get(pathOf(owner));
    if (known !== undefined) return known;
    const entry: OwnerEntry = { owner, sessions: createUseOrder(), bytes: 0 };
    owners.set(pathOf(owner), entry);
    return entry;
  }

  function count(owner: OwnerEntry, entry: SessionEntry, change: number): void {
    entry.bytes += change;
    const counts =
      entry.liveRuns === 0 ? entry.bytes : entry.bytes - ENTRY_BYTES - sizeOfText(entry.stateJson);
    owner.bytes += counts - entry.counted;
    total += counts - entry.counted;
    entry.counted = counts;
  }

  function remove(entry: SessionEntry): void {
    const { owner } = entry;
    if (owner === undefined) return;
    owner.bytes -= entry.counted;
    total -= entry.counted;
    owner.sessions.remove(entry);
    entry.owner = undefined;
    sessions.delete(sessionPathOf(entry.key));
    if (owner.sessions.size === 0) owners.delete(pathOf(owner.owner));
    for (const run of entry.runs.values()) onForgotten(run);
  }

  /**
   * Forgets what the owner used longest ago: a session, or of the session that was used last its oldest run while it has
   * others. False where nothing is left but what runs.
   */
  function forgetOldest(owner: OwnerEntry): boolean {
    for (const session of owner.sessions.list()) {
      const isSpared = session === owner.sessions.newest && session.runs.size > 1;
      if (session.liveRuns === 0 && !isSpared) {
        remove(session);
        return true;
      }
      for (const [id, run] of session.runs) {
        if (run.isLive) continue;
        session.runs.delete(id);
        onForgotten(run);
        count(owner, session, -run.bytes);
        return true;
      }
    }
    return false;
  }

  /** The account that holds most pays, and in it the owner who holds most, until there is room. */
  function makeRoom(): void {
    const accounts = findAccounts(owners.values());
    for (;;) {
      if (total <= maxBytes * KEPT_PART) return;
      const account = findLargest(accounts);
      const owner = account && findLargest(account.members);
      if (account === undefined || owner === undefined) return;
      const before = owner.bytes;
      if (!forgetOldest(owner)) account.members.splice(account.members.indexOf(owner), 1);
      account.bytes -= before - owner.bytes;
      if (account.members.length === 0) accounts.splice(accounts.indexOf(account), 1);
    }
  }

  return {
    find: (key) => sessions.get(sessionPathOf(key)),
    nextNumber: () => ++lastNumber,
    list: (owner) =>
      owner === undefined ? sessions.values() : (owners.get(pathOf(owner))?.sessions.list() ?? []),
    add(entry) {
      sessions.set(sessionPathOf(entry.key), entry);
      entry.owner = ownerOf(entry.key.owner);
    },
    used(entry, moreBytes) {
      const { owner } = entry;
      if (owner === undefined) return;
      owner.sessions.use(entry);
      count(owner, entry, moreBytes);
      while (isVerified(owner.owner) && owner.bytes > maxBytesPerOwner) if (!forgetOldest(owner)) break;
      if (total > maxBytes) makeRoom();
    },
    remove,
  };
}

function sessionPathOf({ owner, component, sessionId }: SessionKey): readonly string[] {
  return [...pathOf(owner), component.kind, component.id, sessionId];
}
