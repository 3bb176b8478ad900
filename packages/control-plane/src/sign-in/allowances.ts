/** How many attempts may fail: by account and address, by address, and by account from everywhere. */
import { createHash } from "node:crypto";
import ipaddr from "ipaddr.js";
import type { Allowance } from "./throttle.ts";

const MINUTE = 60;
const HOUR = 3_600;
/** Failures for one account from one address, within a minute. */
const OF_PAIR = 5;
/** The same once an account is under attack from many addresses: whoever knows the password needs one. */
const OF_PAIR_UNDER_ATTACK = 1;
/** Failures for one account from everywhere, within an hour, from which on it counts as under attack. */
const ATTACK = 100;
/** Failures from one address, for whatever account, within a minute. */
const OF_ADDRESS = 30;
/** Links that are not valid, from one address within a minute. */
const LINKS_OF_ADDRESS = 20;
/** Wrong current passwords within one session, within a minute. */
const OF_SESSION = 5;

export interface SignInAllowances {
  readonly all: readonly Allowance[];
  /** What a right password forgets. */
  readonly own: string;
}

/**
 * For signing in with a password. What is counted for an account from everywhere refuses nobody by itself: whoever knows
 * an address could keep its owner out. It only makes each address have fewer attempts.
 */
export function allowSignIn(email: string, address: string | undefined): SignInAllowances {
  // Accounts that do not exist are counted alike. As a hash, since a text may be long and is nobody's business.
  const account = createHash("sha256").update(email).digest("base64url");
  const place = placeOf(address);
  const everywhere = `account ${account}`;
  const own = `account ${account} ${place}`;
  return {
    own,
    all: [
      {
        key: own,
        limit: OF_PAIR,
        windowSeconds: MINUTE,
        strict: { when: { key: everywhere, isOver: ATTACK }, limit: OF_PAIR_UNDER_ATTACK },
      },
      { key: everywhere, limit: undefined, windowSeconds: HOUR },
      { key: `address ${place}`, limit: OF_ADDRESS, windowSeconds: MINUTE },
    ],
  };
}

/** For trying the secret of a link. */
export function allowLink(address: string | undefined): Allowance {
  return { key: `link ${placeOf(address)}`, limit: LINKS_OF_ADDRESS, windowSeconds: MINUTE };
}

/** For the current password, when another one is set. By session: who has stolen one keeps its owner out of no other. */
export function allowCurrentPassword(sessionId: string): Allowance {
  return { key: `session ${sessionId}`, limit: OF_SESSION, windowSeconds: MINUTE };
}

/** One client: an IPv4 address, or the network of 64 bits that a client of IPv6 has to itself. */
export function placeOf(address: string | undefined): string {
  if (address === undefined || !ipaddr.isValid(address)) return "unknown";
  const parsed = ipaddr.process(address);
  if (parsed.kind() === "ipv4") return parsed.toString();
  return `${parsed.toByteArray().slice(0, 8).join(".")}/64`;
}
