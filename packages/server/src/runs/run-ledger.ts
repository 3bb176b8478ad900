/**
 * What runs take of this process, by whom: how many are active, how many streams nobody reads, how many bytes they hold.
 * Whoever asks for one too many is refused by name; when the bytes are used up all the same, the largest caller pays.
 */
import { fail, isSameOwner, type Owner, ok, type Result } from "@agentos/auth";
import type { LimitCode } from "@agentos/contract";
import type { LimitFault } from "@agentos/guard/app";
import { type Bag, type BagItem, createBag } from "./bag.ts";

/** Limits of runs in one process. Those per caller apply to callers named by a credential; all others have only those in all. */
export interface RunLimits {
  /** Runs that have begun and not ended. */
  readonly activeRuns: number;
  readonly activeRunsPerCaller: number;
  /** Streams of runs that have ended, while their client has not read to the end. */
  readonly unreadStreams: number;
  readonly unreadStreamsPerCaller: number;
  /** Bytes that runs hold while they are active or unread: what they were sent, their state, their events. */
  readonly runBytes: number;
  readonly runBytesPerCaller: number;
}

/** What one run takes. */
export interface RunTicket {
  /** The same object for all runs of one caller. */
  readonly caller: object;
  /** It has no place among the active runs, for this reason: what it asks for may wait, and not begin. */
  readonly excess: LimitFault | undefined;
  /** Counted now. */
  bytes(): number;
  /** Counts what the run is to hold, before it does; counts nothing when it gives a fault. */
  reserve(bytes: number): LimitFault | undefined;
  /** Counts what the run holds, or no longer does; may end the run of the largest caller, this one too. */
  grow(bytes: number): void;
  /** How the run gives up what it holds, when its caller has to pay. */
  onEvicted(giveUp: (fault: LimitFault) => void): void;
  /** The run is not released before its stream is closed. */
  openStream(): void;
  closeStream(): void;
  endRun(): void;
}

export interface RunLedger {
  /**
   * Lets a run take its part, or says what is used up. `bytes` is what it holds already; where that is not known, it is
   * all that it may hold.
   */
  admit(
    caller: Owner,
    bytes: number | undefined,
    options?: {
      /** Where only a place among the active runs is missing, it is let in without one. Default false. */
      readonly mayWait?: boolean;
      /** It reads, and runs nothing: it counts as an unread stream. Default false. */
      readonly isReader?: boolean;
    },
  ): Result<RunTicket, LimitFault>;
  readonly activeRuns: number;
  /** How many runs more can be active; where a caller is named, of this one. */
  placesFor(caller?: Owner): number;
  /** Callers that have as many active runs as one may have. */
  fullCallers(): readonly Owner[];
  /** Told when no run is active any more. */
  onIdle(listener: () => void): () => void;
}

interface Used {
  active: number;
  unread: number;
  bytes: number;
}

interface Account extends Used {
  readonly caller: Owner;
  readonly places: Bag<Place>;
}

/** Which limit holds for what is used, and the refusal of who would break it. */
type LimitNames = Readonly<Record<keyof Used, { readonly code: LimitCode; readonly limit: keyof RunLimits }>>;

const KINDS_OF_USE = ["active", "unread", "bytes"] as const;

const PER_CALLER: LimitNames = {
  active: { code: "RUN_CALLER_LIMIT", limit: "activeRunsPerCaller" },
  unread: { code: "RUN_CALLER_UNREAD", limit: "unreadStreamsPerCaller" },
  bytes: { code: "RUN_CALLER_MEMORY", limit: "runBytesPerCaller" },
};
const IN_ALL: LimitNames = {
  active: { code: "RUN_SERVER_LIMIT", limit: "activeRuns" },
  unread: { code: "RUN_SERVER_UNREAD", limit: "unreadStreams" },
  bytes: { code: "RUN_SERVER_MEMORY", limit: "runBytes" },
};

interface Place extends BagItem {
  bytes: number;
  /** It has been told to give up what it holds: it counts no more. */
  isEvicted: boolean;
  giveUp: (fault: LimitFault) => void;
}

/** Requests that are read without a place, at once: a full server reads no flood. */
const MAX_WAITING_REQUESTS = 100;
/** More of them are forgotten at once. */
const MAX_EMPTY_ACCOUNTS = 1_000;

export function createRunLedger(limits: RunLimits): RunLedger {
  const accounts = new Map<string, Account[]>();
  const idleListeners = new Set<() => void>();
  const total: Used = { active: 0, unread: 0, bytes: 0 };
  let waitingRequests = 0;

  /** Found by its id, then compared part by part. */
  function accountOf(caller: Owner): Account {
    const sameId = accounts.get(caller.id) ?? [];
    const known = sameId.find((account) => isSameOwner(account.caller, caller));
    if (known !== undefined) return known;
    const account: Account = { caller, places: createBag(), active: 0, unread: 0, bytes: 0 };
    dropEmpty();
    accounts.set(caller.id, [...sameId, account]);
    return account;
  }

  /** Callers come back, so their empty accounts stay for a while. */
  function dropEmpty(): void {
    if (accounts.size < MAX_EMPTY_ACCOUNTS + total.active + total.unread) return;
    for (const [id, ofId] of accounts) if (ofId.every(({ places }) => places.size === 0)) accounts.delete(id);
  }

  /** What one caller may hold at most. */
  function mostOf(caller: Owner) {
    const limit = isNamed(caller) ? Math.min(limits.runBytesPerCaller, limits.runBytes) : limits.runBytes;
    return { code: "RUN_REQUEST_TOO_LARGE", limit } as const;
  }

  /** What never fits is told so: waiting does not help. */
  function findExcess(most: LimitFault, needed: number): LimitFault | undefined {
    return needed > most.limit ? { ...most, needed } : undefined;
  }

  function findFault(
    account: Account,
    bytes: number,
    active: number,
    unread: number,
  ): LimitFault | undefined {
    const wanted = { active, unread, bytes };
    return (
      (isNamed(account.caller) ? findBroken(account, wanted, PER_CALLER) : undefined) ??
      findBroken(total, wanted, IN_ALL)
    );
  }

  function findBroken(used: Used, wanted: Used, of: LimitNames): LimitFault | undefined {
    for (const what of KINDS_OF_USE) {
      const { code, limit } = of[what];
      if (wanted[what] > 0 && used[what] + wanted[what] > limits[limit])
        return { code, limit: limits[limit] };
    }
    return undefined;
  }

  /** Ends the largest run of the account that holds most. */
  function makeRoom(grown: Account): void {
    if (isNamed(grown.caller) && grown.bytes > limits.runBytesPerCaller) evictLargest(grown, PER_CALLER);
    if (total.bytes > limits.runBytes) {
      const all = [...accounts.values()].flat();
      evictLargest(
        all.reduce((most, account) => (account.bytes > most.bytes ? account : most), grown),
        IN_ALL,
      );
    }
  }

  /** What it holds counts as given back at once, so that the next one is another's. */
  function evictLargest(account: Account, { bytes: { code, limit } }: LimitNames): void {
    let largest: Place | undefined;
    for (const place of account.places)
      if (!place.isEvicted && (largest === undefined || place.bytes > largest.bytes)) largest = place;
    if (largest === undefined) return;
    largest.isEvicted = true;
    account.bytes -= largest.bytes;
    total.bytes -= largest.bytes;
    largest.bytes = 0;
    largest.giveUp({ code, limit: limits[limit] });
  }

  return {
    get activeRuns() {
      return total.active;
    },

    onIdle(listener) {
      idleListeners.add(listener);
      return () => idleListeners.delete(listener);
    },

    placesFor(caller) {
      const inAll = limits.activeRuns - total.active;
      if (caller === undefined || !isNamed(caller)) return inAll;
      return Math.min(inAll, limits.activeRunsPerCaller - accountOf(caller).active);
    },

    fullCallers: () =>
      [...accounts.values()]
        .flat()
        .filter(({ caller, active }) => isNamed(caller) && active >= limits.activeRunsPerCaller)
        .map(({ caller }) => caller),

    admit(caller, known, { mayWait = false, isReader = false } = {}) {
      const account = accountOf(caller);
      const most = mostOf(caller);
      const bytes = known ?? most.limit;
      const fault = findExcess(most, bytes) ?? findFault(account, bytes, isReader ? 0 : 1, 1);
      const canWait = mayWait && waitingRequests < MAX_WAITING_REQUESTS && isForWantOfPlace(fault);
      if (fault !== undefined && (!canWait || findFault(account, bytes, 0, 1) !== undefined))
        return fail(fault);
      const isWaiting = fault !== undefined;
      const place: Place = { bytes: 0, isEvicted: false, giveUp: () => {}, position: -1 };
      account.places.add(place);
      let isRunning = !isReader;
      let isStreamOpen = isReader;
      const count = (what: keyof Used, change: number) => {
        account[what] += change;
        total[what] += change;
      };
      const grow = (more: number) => {
        if (place.position === -1 || place.isEvicted) return;
        place.bytes += more;
        count("bytes", more);
      };
      const release = () => {
        if (isRunning || isStreamOpen || !account.places.remove(place)) return;
        count("bytes", -place.bytes);
      };
      if (isReader) count("unread", 1);
      else if (isWaiting) waitingRequests += 1;
      else count("active", 1);
      grow(bytes);
      return ok({
        grow(more) {
          grow(more);
          makeRoom(account);
        },
        reserve(more) {
          const broken = findExcess(most, place.bytes + more) ?? findFault(account, more, 0, 0);
          if (broken === undefined) grow(more);
          return broken;
        },
        onEvicted(giveUp) {
          place.giveUp = giveUp;
        },
        caller: account,
        excess: fault,
        bytes() {
          return place.bytes;
        },
        openStream() {
          if (isStreamOpen || place.position === -1) return;
          isStreamOpen = true;
          if (!isRunning) count("unread", 1);
        },
        closeStream() {
          if (!isStreamOpen) return;
          isStreamOpen = false;
          if (!isRunning) count("unread", -1);
          release();
        },
        endRun() {
          if (!isRunning) return;
          isRunning = false;
          if (isWaiting) waitingRequests -= 1;
          else count("active", -1);
          if (isStreamOpen) count("unread", 1);
          release();
          if (total.active === 0) for (const listener of idleListeners) listener();
        },
      });
    },
  };
}

function isForWantOfPlace(fault: LimitFault | undefined): boolean {
  return fault?.code === PER_CALLER.active.code || fault?.code === IN_ALL.active.code;
}

/** A credential names the caller; those who share a nameless one are not told apart. */
function isNamed({ kind }: Owner): boolean {
  return kind === "user" || kind === "service_account";
}
