/** A refused request as most are: with a token that was minted here, to an instance that is meant to ask for tokens. */
import type { DenialObject } from "@agentos/contract";
import { findVersion, type KnownVersion } from "../instances/version-gate.ts";
import { ROLES } from "../people/roles/built-in-roles.ts";
import { NOTHING_OBSERVED, type Observation } from "../schema/observed.ts";
import { type Diagnosis, diagnoseRefusal } from "./diagnose-refusal.ts";
import type { MintedToken, RefusedRequest } from "./refused-request.ts";

export const NOW = 1_800_000_000;
export const KID = "k".repeat(43);
export const OTHER_KID = "o".repeat(43);

export const minted: MintedToken = {
  tokenId: "token-1",
  personId: "ann",
  kid: KID,
  signInId: "sid-1",
  issuer: "https://control.test/instances/i1",
  audience: "agent-os",
  scopes: ROLES.member.scopes.filter((scope) => !/^(?:org|os):/.test(scope)),
  issuedAt: NOW - 60,
  endsAt: NOW + 240,
  revokedFor: undefined,
};

/** What was seen of the instance, with some of it replaced. */
export const seen = (observed: Partial<Observation> = {}): Observation => ({
  ...NOTHING_OBSERVED,
  source: "browser",
  at: NOW - 5,
  ...observed,
});

/** Its policy, as it was read, with the keys of these thumbprints. */
export const policy = (...thumbprints: readonly string[]): Observation =>
  seen({
    source: "policy",
    mode: "jwt",
    modeFrom: "GET /authz/policy",
    osId: "agent-os",
    isOurs: true,
    version: "2.9.0",
    hasSecurityKey: false,
    enforcesScopes: true,
    isolatesUsers: true,
    keys: thumbprints.map((thumbprint) => ({
      thumbprint,
      kid: thumbprint,
      requestCount: 1,
    })),
  });

export const version = {
  reported: (text: string): KnownVersion => findVersion(null, seen({ version: text })),
  stated: (text: string): KnownVersion => findVersion(text, undefined),
  unknown: findVersion(null, undefined),
};

const usual: RefusedRequest = {
  request: { method: "GET", path: "/agents" },
  answer: undefined,
  outcome: "answered",
  denial: undefined,
  sent: { kind: "minted", minted },
  instance: {
    desired: { authorization: true, securityKey: false },
    version: { version: "2.9.0", source: "reported", verifiesTokens: "yes" },
    osId: "agent-os",
    signingKid: KID,
    observed: undefined,
    consoleOrigin: "https://control.test",
    isNotApplied: false,
  },
  kids: [KID],
  role: ROLES.member,
  mayReadPolicy: true,
  now: NOW,
  cli: "agentos",
};

/** An answer of a Python AgentOS: status and a sentence. */
export const said = (detail: string, status = 401): RefusedRequest["answer"] => ({
  status,
  body: { detail },
  date: new Date(NOW * 1_000).toUTCString(),
});

export type Changes = Omit<Partial<RefusedRequest>, "instance"> & {
  readonly instance?: Partial<RefusedRequest["instance"]>;
};

export function diagnoseWith({ instance = {}, ...changes }: Changes): Diagnosis {
  return diagnoseRefusal({ ...usual, ...changes, instance: { ...usual.instance, ...instance } });
}

/** The one that applies, with how sure it is. */
export function first(changes: Changes): readonly [code: string | undefined, certainty: string | undefined] {
  const [cause] = diagnoseWith(changes).causes;
  return [cause?.code, cause?.certainty];
}

export function operatorDenial(
  exactCode: string,
  facts: Record<string, string | string[]> = {},
): DenialObject {
  return {
    view: "operator",
    denial_id: "d1",
    code: exactCode,
    exact_code: exactCode,
    status: 401,
    title: "words of the instance",
    detail: "words of the instance",
    fix: "words of the instance",
    type: "/errors/X",
    route: "GET /agents",
    created_at: NOW,
    last_seen_at: NOW,
    count: 1,
    stage: "signature",
    timeline: [],
    facts,
    subject: null,
    issuer: null,
    client: null,
  };
}
