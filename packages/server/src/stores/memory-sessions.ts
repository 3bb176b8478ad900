/**
 * The sessions of the in-memory run store, with what each costs. When there is no room left, the owner who holds most
 * forgets what it used longest ago, so making runs never deletes somebody else's.
 */
import type { Owner } from "@agentos/auth";
import type { RunStatus } from "@agentos/contract";
import type { RunLease, SessionKey } from "../runs/store.ts";
import { createTupleMap } from "./tuple-map.ts";
import { createUseOrder, type Used, type UseOrder } from "./use-order.ts";

/** A run. Its texts cost what they are long. */
export interface RunEntry {
  readonly lease: RunLease;
  /** Undefined once the run has ended. */
  live: { readonly events: string[]; nextIndex: number } | undefined;
  status: RunStatus;
  outputJson: string;
  /** Of the kept events; empty while the run lives. */
  eventsJson: string;
  bytes: number;
}

export interface SessionEntry extends Used<SessionEntry> {
  readonly key: SessionKey;
  /** Undefined before it is added and after it is removed. */
  owner: OwnerEntry | undefined;
  name: string | undefined;
  stateJson: string;
  readonly createdAt: number;
  updatedAt: number;
  /** Oldest first. */
  readonly runs: Map<string, RunEntry>;
  /** What all of it costs. */
  bytes: number;
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

export interface MemorySessions {
  find(key: SessionKey): SessionEntry | undefined;
  /** Of one owner, or of all. */
  list(owner?: Owner): Iterable<SessionEntry>;
  add(entry: SessionEntry): void;
  /** To be called after every use, with what it costs more than before; forgets what does not fit. */
  used(entry: SessionEntry, moreBytes: number): void;
  remove(entry: SessionEntry): void;
}

/** What an entry costs besides its texts, by and large. */
export const ENTRY_BYTES = 1_024;
/** Where it is full, so much is made free at once: looking for the largest owner is not done for each run. */
const KEPT_PART = 0.95;

export function createMemorySessions({ maxBytes, maxBytesPerOwner }: StoreLimits): MemorySessions {
  const owners = createTupleMap<OwnerEntry>();
  const sessions = createTupleMap<SessionEntry>();
  let total = 0;

  function ownerOf(owner: Owner): OwnerEntry {
    const known = owners.get(pathOf(owner));
    if (known !== undefined) return known;
    const entry: OwnerEntry = { owner, sessions: createUseOrder(), bytes: 0 };
    owners.set(pathOf(owner), entry);
    return entry;
  }

  function count(owner: OwnerEntry, entry: SessionEntry, change: number): void {
    entry.bytes += change;
    owner.bytes += change;
    total += change;
  }

  function remove(entry: SessionEntry): void {
    const { owner } = entry;
    if (owner === undefined) return;
    count(owner, entry, -entry.bytes);
    owner.sessions.remove(entry);
    entry.owner = undefined;
    sessions.delete(sessionPathOf(entry.key));
    if (owner.sessions.size === 0) owners.delete(pathOf(owner.owner));
  }

  /** Until the condition holds, oldest use first; what runs stays, and of the newest session its last run. */
  function forget(owner: OwnerEntry, isEnough: () => boolean): void {
    const { newest } = owner.sessions;
    for (const entry of owner.sessions.list()) {
      if (isEnough()) return;
      if (entry !== newest && !isRunning(entry)) remove(entry);
    }
    for (const [id, run] of newest?.runs ?? []) {
      if (newest === undefined || isEnough() || newest.runs.size === 1) return;
      if (run.live !== undefined) continue;
      newest.runs.delete(id);
      count(owner, newest, -run.bytes);
    }
  }

  /** The account that holds most pays, and in it the owner who holds most. */
  function makeRoom(): void {
    const isEnough = () => total <= maxBytes * KEPT_PART;
    const accounts = findAccounts(owners.values()).toSorted((one, other) => other.bytes - one.bytes);
    for (const { members } of accounts) {
      for (const owner of members.toSorted((one, other) => other.bytes - one.bytes)) {
        forget(owner, isEnough);
        if (isEnough()) return;
      }
    }
  }

  return {
    find: (key) => sessions.get(sessionPathOf(key)),
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
      if (isVerified(owner.owner) && owner.bytes > maxBytesPerOwner)
        forget(owner, () => owner.bytes <= maxBytesPerOwner);
      if (total > maxBytes) makeRoom();
    },
    remove,
  };
}

interface Account {
  bytes: number;
  readonly members: OwnerEntry[];
}

/** Who pays together: a verified owner for itself, ids that cost nothing to make up in common. */
function findAccounts(owners: Iterable<OwnerEntry>): readonly Account[] {
  const accounts = createTupleMap<Account>();
  for (const owner of owners) {
    const [issuer = "", kind = "", id = ""] = pathOf(owner.owner);
    const path = [issuer, kind, isVerified(owner.owner) ? id : ""];
    const account = accounts.get(path) ?? { bytes: 0, members: [] };
    account.bytes += owner.bytes;
    account.members.push(owner);
    accounts.set(path, account);
  }
  return [...accounts.values()];
}

/** As V8 keeps a text: one byte for each character, or two where one of them is beyond Latin-1. */
export function sizeOfText(text: string): number {
  return Math.min(Buffer.byteLength(text), text.length * 2);
}

function isRunning({ runs }: SessionEntry): boolean {
  for (const run of runs.values()) if (run.live !== undefined) return true;
  return false;
}

/** A credential has named it. */
function isVerified({ kind }: Owner): boolean {
  return kind === "user" || kind === "service_account";
}

function pathOf({ issuer, kind, id }: Owner): readonly string[] {
  return [issuer, kind, id];
}

function sessionPathOf({ owner, component, sessionId }: SessionKey): readonly string[] {
  return [...pathOf(owner), component.kind, component.id, sessionId];
}
