/** What is revoked, for everybody who asks: the engine on every request, what goes on for callers, and who revokes. */
import {
  createRevocationSet,
  fail,
  isRevocable,
  ok,
  type Refusal,
  type Result,
  type RevocableIdentity,
  type RevocationCheck,
  refuse,
} from "@agentos/auth";
import { createInTurn } from "../log/in-turn.ts";
import type { Logger } from "../log/runtime.ts";
import {
  MOST_IN_FORCE,
  type NewRevocation,
  type ReadingServer,
  type RevocationPage,
  type RevocationQuery,
  type RevocationStore,
  type RevocationsFull,
  type StoredRevocation,
} from "./revocation-store.ts";
import { createServerWait } from "./server-wait.ts";
import { createSynchroniser } from "./synchroniser.ts";
import { type ReadClocks, readClocks as readOwnClocks } from "./two-clocks.ts";

/** What became of a revocation. It is kept, in any case. */
export interface RevocationOutcome {
  readonly revocation: StoredRevocation;
  /** Servers that live and did not say in time that they know it; none: it is in force everywhere. */
  readonly behind: readonly ReadingServer[];
}

/** Revocations of one server. */
export interface Revocations {
  /** For the engine. */
  readonly check: RevocationCheck;
  /** By what this server knows now; of a caller whose request was long ago, too. */
  isRevoked(identity: RevocableIdentity): boolean;
  /** The same as a refusal, with the facts of what was revoked. */
  judge(identity: RevocableIdentity): Refusal | undefined;
  /** Whether it is, once this server has read all there is; undefined where it cannot, and knows of nothing. */
  readAndAsk(identity: RevocableIdentity): Promise<boolean | undefined>;
  /** Calls the listener after something was revoked, until the returned function is called. What it throws is logged. */
  onRevoked(listener: () => void): () => void;
  /** Keeps one, and waits until every server that lives knows it, ten seconds at most. */
  revoke(revocation: NewRevocation): Promise<Result<RevocationOutcome, RevocationsFull>>;
  list(query: RevocationQuery): Promise<RevocationPage>;
  /** Reads what is revoked already, so that the first request need not wait for it. */
  preload(): Promise<void>;
  /** While this says that something goes on for callers beside their requests, what is revoked is read for it. */
  watch(isInUse: () => boolean): void;
  close(): void;
}

export interface RevocationsOptions {
  readonly store: RevocationStore;
  /** Seconds since 1970. */
  readonly now: () => number;
  readonly logger: Pick<Logger, "error" | "warn" | "info">;
  /** Default: those of this machine. */
  readonly readClocks?: ReadClocks | undefined;
  /** Seconds that {@link Revocations.revoke} waits at most for servers that live. Default 10. */
  readonly spreadSeconds?: number | undefined;
  /** See the synchroniser. */
  readonly pollMs?: number | undefined;
}

const SPREAD_SECONDS = 10;
/** So many more are remembered before those that end first are forgotten, which is work for all of them. */
const TRIM_AT = MOST_IN_FORCE + 1_000;
/** Beyond what a server may trust. */
const MARGIN_MS = 100;

const UNKNOWN = refuse("AUTH_REVOCATION_UNKNOWN").fault;

/** Creates it. */
export function createRevocations(options: RevocationsOptions): Revocations {
  const { store, now, logger, readClocks = readOwnClocks, pollMs, spreadSeconds = SPREAD_SECONDS } = options;
  const { spread } = store;
  /** Each waits for the one before: many at once would hold all connections of this server, one waiting for the other. */
  const inTurn = createInTurn();
  const waitForAll = createWait();
  const set = createRevocationSet<StoredRevocation>();
  const listeners = new Set<() => void>();
  const uses = new Set<() => boolean>();
  const isInUse = () => [...uses].some((isUsed) => isUsed());
  const synchroniser =
    spread === undefined
      ? undefined
      : createSynchroniser({ store, spread, onRead: take, isInUse, readClocks, logger, pollMs });

  function take(news: readonly StoredRevocation[]): void {
    for (const revocation of news) set.add(revocation);
    // No clock decides it: one that is ahead for a moment would bring back what is revoked. Of more than can be in force
    // those that end first are past.
    if (set.size > TRIM_AT) set.trim(MOST_IN_FORCE);
    if (news.length > 0) for (const listener of listeners) tell(listener);
  }

  /** What is wrong with one keeps nobody from knowing what was revoked. */
  function tell(listener: () => void): void {
    try {
      listener();
    } catch (error) {
      logger.error({ error }, "what goes by revocations failed, after something was revoked");
    }
  }

  /** Which revocation it is stands in the record, for the operator alone. */
  function judge(identity: RevocableIdentity): Refusal | undefined {
    const found = set.size > 0 ? set.find(identity, now()) : undefined;
    if (found === undefined) return undefined;
    const { seq, kind, until } = found;
    return refuse("AUTH_CREDENTIAL_REVOKED", {
      revocation_id: seq,
      revocation_kind: kind,
      revoked_until: until,
    }).fault;
  }
  const isRevoked = (identity: RevocableIdentity) => judge(identity) !== undefined;

  async function catchUp(identity: RevocableIdentity) {
    const isKnown = (await synchroniser?.catchUp()) ?? true;
    return isKnown ? judge(identity) : UNKNOWN;
  }

  /** Gives those that are behind when all is well, or when there is no more time. */
  function createWait(): (seq: number) => Promise<readonly ReadingServer[]> {
    if (spread === undefined) return async () => [];
    const { nodes, trustSeconds } = spread;
    if (nodes !== undefined)
      return createServerWait({
        nodes,
        patienceSeconds: spreadSeconds,
        now: () => readClocks().monotonic,
      });
    return async () => {
      await sleep(trustSeconds * 1_000 + MARGIN_MS);
      return [];
    };
  }

  return {
    check(identity) {
      if (!isRevocable(identity)) return undefined;
      if (synchroniser === undefined || synchroniser.isFresh()) return judge(identity);
      return catchUp(identity);
    },
    judge,
    isRevoked,
    async readAndAsk(identity) {
      const isAsked = isRevocable(identity) && synchroniser?.isFresh() === false;
      const isKnown = !isAsked || (await synchroniser.catchUp());
      return isRevoked(identity) || (isKnown ? false : undefined);
    },
    onRevoked(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async revoke(revocation) {
      const added = await inTurn(() => store.add(revocation));
      if (!added.ok) return fail(added.fault);
      take([added.value]);
      return ok({ revocation: added.value, behind: await waitForAll(added.value.seq) });
    },
    list: (query) => store.list(query),
    preload: async () => synchroniser?.preload(),
    watch: (isUsed) => void uses.add(isUsed),
    close: () => synchroniser?.close(),
  };
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}
