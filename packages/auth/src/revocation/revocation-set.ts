/**
 * What is revoked, as a server asks it on every request: tables in memory, and no clock of its own. A token that does not
 * say when it was issued counts as issued before everything.
 */
import type { Identity } from "../identity/identity.ts";

/** What a revocation is about. */
export type RevocationKind = "jti" | "sid" | "subject" | "key";

/** Credentials that are not accepted any more, although they have not expired. */
export interface Revocation {
  /** `jti` is one token, `sid` all of one sign-in, `subject` all of one user, `key` all that one key has signed. */
  readonly kind: RevocationKind;
  /**
   * Name that the operator gave to the issuer: what another one calls by the same value is something else. Empty for a
   * key, which is the same whoever uses it.
   */
  readonly issuer: string;
  /** The claim's value, of a subject also as this server shows it; of a key its RFC 7638 thumbprint. */
  readonly value: string;
  /** Of a subject: only tokens that were issued before, seconds since 1970. Undefined: all. */
  readonly issuedBefore?: number | undefined;
  /** Seconds since 1970; afterwards it is forgotten. */
  readonly until: number;
}

/** What of an identity a revocation goes by; a run that goes on later needs no more of it. */
export type RevocableIdentity = Pick<
  Identity,
  "kind" | "issuer" | "userId" | "subject" | "keyThumbprint" | "token"
>;

/** True for a credential that can be revoked: a verified token. A security key is changed, and who has none has nothing. */
export function isRevocable({ kind, token }: RevocableIdentity): boolean {
  return kind === "user" && token !== undefined;
}

/** Revocations in memory. */
export interface RevocationSet<Kept extends Revocation = Revocation> {
  readonly size: number;
  /** Two about the same are one: the later of both times counts, and what else the one has that was added last. */
  add(revocation: Kept): void;
  /** What revokes an identity at this time, seconds since 1970; undefined when nothing does. */
  find(identity: RevocableIdentity, now: number): Kept | undefined;
  /** Forgets those that end first, until it holds no more than so many. */
  trim(most: number): void;
}

type Values<Kept> = Map<string, Kept>;

/** Creates an empty one. */
export function createRevocationSet<Kept extends Revocation = Revocation>(): RevocationSet<Kept> {
  /** By issuer, then by value. */
  const named = {
    jti: new Map<string, Values<Kept>>(),
    sid: new Map<string, Values<Kept>>(),
    subject: new Map<string, Values<Kept>>(),
  };
  const keys: Values<Kept> = new Map();
  let size = 0;

  function tableOf({ kind, issuer }: Kept): Values<Kept> {
    if (kind === "key") return keys;
    const table = named[kind].get(issuer) ?? new Map<string, Kept>();
    named[kind].set(issuer, table);
    return table;
  }

  function findSubject({ issuer, userId, subject, token }: RevocableIdentity, now: number): Kept | undefined {
    const table = named.subject.get(issuer);
    const issuedAt = token?.issuedAt ?? Number.NEGATIVE_INFINITY;
    for (const name of namesOf(userId, subject)) {
      const found = find(table, name, now);
      if (found !== undefined && issuedAt < (found.issuedBefore ?? Number.POSITIVE_INFINITY)) return found;
    }
    return undefined;
  }

  return {
    get size() {
      return size;
    },
    add(revocation) {
      const table = tableOf(revocation);
      const known = table.get(revocation.value);
      if (known === undefined) size += 1;
      table.set(revocation.value, known === undefined ? revocation : join(known, revocation));
    },
    find(identity, now) {
      if (!isRevocable(identity)) return undefined;
      const { issuer, keyThumbprint, token } = identity;
      return (
        find(named.jti.get(issuer), token?.id, now) ??
        find(named.sid.get(issuer), token?.signInId, now) ??
        findSubject(identity, now) ??
        find(keys, keyThumbprint, now)
      );
    },
    trim(most) {
      if (size <= most) return;
      const tables = [keys, ...Object.values(named).flatMap((byIssuer) => [...byIssuer.values()])];
      const all = tables.flatMap((table) => [...table.values()].map((one) => ({ table, one })));
      all.sort((a, b) => a.one.until - b.one.until);
      for (const { table, one } of all.slice(0, size - most)) if (table.delete(one.value)) size -= 1;
    },
  };
}

/**
 * How a revocation may name a user: as this server shows them, and as their token does. A value with the prefix of the
 * issuer is the former alone, or it would name another user too, whose `sub` begins with that prefix.
 */
function namesOf(userId: string | undefined, subject: string | undefined): readonly (string | undefined)[] {
  const prefix =
    subject !== undefined && userId?.endsWith(subject) === true ? userId.slice(0, -subject.length) : "";
  return prefix !== "" && subject?.startsWith(prefix) === true ? [userId] : [userId, subject];
}

/** One that is past hides no other: it is as if it were forgotten already. */
function find<Kept extends Revocation>(
  table: Values<Kept> | undefined,
  value: string | undefined,
  now: number,
): Kept | undefined {
  const found = table === undefined || value === undefined ? undefined : table.get(value);
  return found !== undefined && found.until > now ? found : undefined;
}

function join<Kept extends Revocation>(one: Kept, other: Kept): Kept {
  const issuedBefore =
    one.issuedBefore === undefined || other.issuedBefore === undefined
      ? undefined
      : Math.max(one.issuedBefore, other.issuedBefore);
  return { ...other, issuedBefore, until: Math.max(one.until, other.until) };
}
