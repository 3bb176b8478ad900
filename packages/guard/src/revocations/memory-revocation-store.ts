/** Revocations of a server without a database: they end with the process. */
import { fail, ok } from "@agentos/auth";
import {
  type RevocationQuery,
  type RevocationRoom,
  type RevocationStore,
  type RevokedBy,
  roomFor,
  type StoredRevocation,
} from "./revocation-store.ts";

/** Creates an empty store. */
export function createMemoryRevocationStore({
  now,
  ...room
}: RevocationRoom & {
  /** Seconds since 1970. */
  readonly now: () => number;
}): RevocationStore {
  /** In their order. */
  let kept: readonly StoredRevocation[] = [];
  let lastSeq = 0;

  return {
    async add(revocation) {
      const at = now();
      const known = kept.find((one) => isCoveredBy(revocation, one));
      if (known !== undefined) return ok(known);
      const others = kept.filter((one) => !isCoveredBy(one, revocation));
      const own = others.filter(({ createdBy }) => isSame(createdBy, revocation.createdBy));
      const limit = roomFor(revocation.kind, own.length, room);
      const excess = Math.max(0, others.length - limit + 1);
      const gone = new Set(excess === 0 ? [] : findPast(others, at).slice(0, excess));
      if (gone.size < excess) return fail({ limit });
      lastSeq += 1;
      const stored = Object.freeze({ ...revocation, seq: lastSeq, createdAt: Math.floor(at) });
      kept = [...others.filter((one) => !gone.has(one)), stored];
      return ok(stored);
    },
    listAfter: async (seq, limit) => kept.filter((one) => one.seq > seq).slice(0, limit),
    async list(query) {
      const at = now();
      const found = kept.filter((one) => one.until > at && isMeant(one, query)).toReversed();
      const { limit, offset = 0 } = query;
      return { revocations: found.slice(offset, offset + limit), totalCount: found.length };
    },
  };
}

/** Those that have been past for longest come first: they alone go for others, lest a clock that is ahead takes all. */
function findPast(all: readonly StoredRevocation[], at: number): readonly StoredRevocation[] {
  return all.filter(({ until }) => until <= at).sort((a, b) => a.until - b.until);
}

function isSame(one: RevokedBy | undefined, other: RevokedBy | undefined): boolean {
  return one?.issuer === other?.issuer && one?.id === other?.id;
}

type Compared = Omit<StoredRevocation, "seq" | "createdAt" | "createdBy">;

/** Whether one that is kept says all that another one says. */
function isCoveredBy(one: Compared, kept: Compared): boolean {
  const before = ({ issuedBefore }: Compared) => issuedBefore ?? Number.POSITIVE_INFINITY;
  return (
    kept.kind === one.kind &&
    kept.issuer === one.issuer &&
    kept.value === one.value &&
    before(kept) >= before(one) &&
    kept.until >= one.until
  );
}

function isMeant(one: StoredRevocation, { kind, issuer, value }: RevocationQuery): boolean {
  return (
    (kind === undefined || one.kind === kind) &&
    (issuer === undefined || one.issuer === issuer) &&
    (value === undefined || one.value === value)
  );
}
