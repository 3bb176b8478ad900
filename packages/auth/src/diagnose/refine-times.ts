/** Expired, not yet valid, issued in the future: by how much, and whether a clock is the suspect. */
import type { ErrorCode, Facts } from "@agentos/contract";
import { formatDuration } from "@agentos/contract/text";
import { CLOCK_SKEW_SECONDS } from "../token/token-limits.ts";
import type { Evidence } from "./diagnosis.ts";
import type { CauseParts } from "./make-cause.ts";

export interface TimesSeen {
  /** Of a denial record, where the token is not at hand. */
  readonly facts?: Facts;
  readonly claims: Readonly<Record<string, unknown>> | undefined;
  /** This machine's clock, and the server's as its `Date` header tells it; seconds since 1970. */
  readonly now: number;
  readonly serverTime: number | undefined;
}

export const TIME_CODES: readonly ErrorCode[] = [
  "AUTH_TOKEN_EXPIRED",
  "AUTH_TOKEN_NOT_YET_VALID",
  "AUTH_ISSUED_IN_FUTURE",
];

/** The causes behind a refusal for its time, the nearest first. */
export function refineTimes(code: ErrorCode, seen: TimesSeen): readonly CauseParts[] {
  const { now, serverTime, facts = {} } = seen;
  const claims = seen.claims ?? facts;
  const refusedAt = typeof facts["now"] === "number" ? facts["now"] : undefined;
  const evidence = describeTimes(claims, serverTime ?? refusedAt ?? now);
  const { exp, iat } = claims;
  if (typeof exp === "number" && typeof iat === "number" && exp <= iat) {
    return [{ code: "AUTH_TOKEN_NEVER_VALID", certainty: "certain", evidence }];
  }
  const difference = serverTime === undefined ? 0 : serverTime - now;
  const clock: Evidence[] = [
    {
      fact: `the server's clock is ${formatDuration(Math.abs(difference))} ${difference < 0 ? "behind" : "ahead of"} this machine's`,
      source: "the answer",
    },
  ];
  const parts = {
    code: "AUTH_CLOCKS_DIFFER" as const,
    facts: { difference: formatDuration(Math.abs(difference)), clocks: "this machine and the server" },
  };
  // What a server allows for is no cause.
  const clocksDiffer = Math.abs(difference) > CLOCK_SKEW_SECONDS;
  if (clocksDiffer && isFineBy(code, claims, now)) {
    const fine: Evidence = {
      fact: "by this machine's clock the token is valid",
      source: "this machine's clock",
    };
    const byServer = evidence.map((one) => ({ ...one, fact: `${one.fact} by the server's clock` }));
    return [{ ...parts, certainty: "certain", evidence: [...clock, fine, ...byServer] }];
  }
  const time =
    code === "AUTH_TOKEN_EXPIRED" ? exp : code === "AUTH_TOKEN_NOT_YET_VALID" ? claims["nbf"] : iat;
  const away = typeof time === "number" ? formatDuration(time - (serverTime ?? refusedAt ?? now)) : undefined;
  const own: CauseParts = {
    code,
    certainty: "certain",
    facts: { ...(away === undefined ? {} : { duration: away }), ...pickDuration(facts) },
    evidence,
  };
  // A token from the future is hardly ever meant: the issuer's clock is ahead, or the server's is behind.
  if (code === "AUTH_ISSUED_IN_FUTURE")
    return [
      own,
      {
        ...parts,
        facts: { difference: secondsAhead(iat, serverTime ?? now), clocks: "the issuer and the server" },
        certainty: "likely",
        evidence,
      },
    ];
  return clocksDiffer ? [own, { ...parts, certainty: "likely", evidence: clock }] : [own];
}

/** The server's own measure is better than ours. */
function pickDuration({ duration }: Facts): Facts {
  return duration === undefined ? {} : { duration };
}

/** True when the token would be fine at this time. */
function isFineBy(code: ErrorCode, claims: TimesSeen["claims"], time: number): boolean {
  const { exp, nbf, iat } = claims ?? {};
  if (code === "AUTH_TOKEN_EXPIRED") return typeof exp === "number" && exp > time;
  const start = code === "AUTH_TOKEN_NOT_YET_VALID" ? nbf : iat;
  return typeof start === "number" && start <= time;
}

function describeTimes(claims: TimesSeen["claims"], now: number): readonly Evidence[] {
  const describe = (name: string, past: string, future: string): readonly Evidence[] => {
    const value = claims?.[name];
    if (typeof value !== "number" || !Number.isFinite(value)) return [];
    const isPast = value <= now;
    const fact = `"${name}" ${isPast ? past : future} ${formatDuration(Math.abs(now - value))}${isPast ? " ago" : ""}`;
    return [{ fact, source: "the token" }];
  };
  return [
    ...describe("exp", "passed", "comes in"),
    ...describe("nbf", "passed", "comes in"),
    ...describe("iat", "was", "lies ahead by"),
  ];
}

function secondsAhead(iat: unknown, now: number): string {
  return typeof iat === "number" ? formatDuration(Math.abs(iat - now)) : "an unknown time";
}
