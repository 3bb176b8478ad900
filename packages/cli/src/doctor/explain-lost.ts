/**
 * A token was sent, and the server saw none: perhaps it looks elsewhere. Its refusal says where, in the sentence that
 * both AgentOS have in common, and in the fix that only ours sends.
 */
import type { Cause } from "@agentos/auth";
import type { CredentialLocation } from "@agentos/guard";
import { AUTHORIZATION_HEADER, describeLocation, isSameLocation } from "./credential-location.ts";

export interface LostAnswer {
  readonly detail: string | undefined;
  readonly fix: string | undefined;
}

interface Expected {
  readonly locations: readonly CredentialLocation[];
  /** The name of the header is not told: every Python AgentOS says "Authorization", whatever it reads. */
  readonly isHeaderNamed: boolean;
}

/** Nothing else of what a remote server says gets into our texts. */
const PLAIN_NAME = String.raw`[\w.-]{1,64}`;
const COOKIE = new RegExp(`^JWT cookie '(${PLAIN_NAME})' missing$`);
const BOTH = new RegExp(`^JWT token missing from both Authorization header and '(${PLAIN_NAME})' cookie$`);
const HEADER_OF_FIX = new RegExp(`in the header "(${PLAIN_NAME}): Bearer TOKEN"`);

/** Adds to AUTH_CREDENTIAL_LOST where the token was sent and where the server looks; any other cause stays as it is. */
export function explainLost(cause: Cause, answer: LostAnswer, sent: CredentialLocation): Cause {
  if (cause.code !== "AUTH_CREDENTIAL_LOST") return cause;
  const where = {
    fact: `the token was sent in ${describeLocation(sent)}`,
    source: "the command line",
  } as const;
  const evidence = [...cause.evidence, where];
  const expected = readExpected(answer);
  if (expected === undefined) return { ...cause, evidence };
  const { locations, isHeaderNamed } = expected;
  const places = locations.map(describeLocation).join(" or ");
  const looks = { fact: `the server looks for it in ${places}`, source: "the answer" } as const;
  if (!locations.some((location) => isSameLocation(location, sent))) {
    const options = locations.map((location) => `\`--${location.in} ${location.name}\``).join(" or ");
    return {
      ...cause,
      certainty: "certain",
      evidence: [...evidence, looks],
      fix: `send the token in ${places}; to check it that way here, use ${options}`,
    };
  }
  if (isHeaderNamed) {
    const place = describeLocation(sent);
    return {
      ...cause,
      certainty: "certain",
      evidence: [...evidence, looks],
      fix: `let every proxy in between pass ${place} on to the server: it reads the token there, and nothing arrives`,
    };
  }
  const other = "it may read another header than the one it names; `--header NAME` sends the token there";
  return {
    ...cause,
    evidence: [
      ...evidence,
      looks,
      ...(sent.in === "cookie" ? [] : [{ fact: other, source: "the answer" } as const]),
    ],
  };
}

function readExpected({ detail = "", fix = "" }: LostAnswer): Expected | undefined {
  const cookieOnly = COOKIE.exec(detail)?.[1];
  if (cookieOnly !== undefined)
    return { locations: [{ in: "cookie", name: cookieOnly }], isHeaderNamed: false };
  // The security key has its one place.
  if (detail === "Authorization header required")
    return { locations: [AUTHORIZATION_HEADER], isHeaderNamed: true };
  const named = HEADER_OF_FIX.exec(fix)?.[1];
  const header = named === undefined ? AUTHORIZATION_HEADER : ({ in: "header", name: named } as const);
  const isHeaderNamed = named !== undefined;
  const cookie = BOTH.exec(detail)?.[1];
  if (cookie !== undefined) return { locations: [header, { in: "cookie", name: cookie }], isHeaderNamed };
  return detail === "Authorization header missing" ? { locations: [header], isHeaderNamed } : undefined;
}
