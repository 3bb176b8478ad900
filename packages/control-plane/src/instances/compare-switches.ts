/**
 * Holds what is meant against what was seen, and names each difference by its cause. Pure: it is given everything. What
 * the instance or a browser says decides how sure a finding is; only our own words are in it.
 */
import type { Certainty } from "@agentos/auth";
import { FIRST_VERSION_WITH_JWT } from "@agentos/contract";
import type { Observation } from "../schema/observed.ts";
import { findReachability } from "./find-reachability.ts";
import { createFinding, type InstanceCauseCode, type InstanceFinding } from "./instance-finding.ts";
import { type KnownVersion, VERSION_SOURCE_WORDS } from "./version-gate.ts";
import { describeBothOn, describeWaysOut } from "./ways-out.ts";

export interface ComparedInstance {
  readonly desired: { readonly authorization: boolean; readonly securityKey: boolean };
  readonly version: KnownVersion;
  /** As its tokens name it; null where it is not known. */
  readonly osId: string | null;
  /** Thumbprint of the key that signs for it; undefined where none does. */
  readonly signingKid: string | undefined;
  /** Undefined where nobody has looked. */
  readonly observed: Observation | undefined;
  /** Origin of the console's pages. */
  readonly consoleOrigin: string;
  /** It runs in this process, and did not take the switches. */
  readonly isNotApplied: boolean;
}

type Evidence = InstanceFinding["evidence"][number];

/** Every difference, the one to mend first before the others. */
export function compareSwitches(instance: ComparedInstance): readonly InstanceFinding[] {
  const { observed } = instance;
  return [
    ...(instance.isNotApplied
      ? [createFinding({ code: "INSTANCE_SWITCH_NOT_APPLIED", certainty: "certain", evidence: [] })]
      : []),
    ...findVersionFindings(instance),
    ...findWishes(instance),
    ...(observed === undefined || observed.outcome === "answered"
      ? []
      : [findReachability(observed.outcome, instance.consoleOrigin)]),
    ...(observed === undefined ? [] : findDifferences(instance, observed)),
  ];
}

function findVersionFindings({ desired, version }: ComparedInstance): readonly InstanceFinding[] {
  if (!desired.authorization || version.verifiesTokens === "yes") return [];
  const first = { first_version: FIRST_VERSION_WITH_JWT };
  if (version.verifiesTokens === "unknown")
    return [
      createFinding({
        code: "INSTANCE_VERSION_UNKNOWN",
        certainty: "cannot tell",
        facts: first,
        evidence: [{ fact: "no answer of it names a version", source: "the browser" }],
      }),
    ];
  const source = VERSION_SOURCE_WORDS[version.source];
  return [
    createFinding({
      code: "INSTANCE_VERSION_WITHOUT_JWT",
      certainty: version.source === "reported" ? "certain" : "likely",
      facts: { ...first, version: version.version ?? "", version_source: source },
      evidence: [{ fact: `its version is ${version.version}`, source }],
    }),
  ];
}

/** What the two switches say together, whatever the instance does. */
function findWishes({ desired, version, observed }: ComparedInstance): readonly InstanceFinding[] {
  const switches: Evidence = {
    fact: desired.authorization ? "both switches are on" : "Security key is on, Authorization is off",
    source: "the switches",
  };
  if (desired.authorization && desired.securityKey) {
    const isBothThere = observed?.hasSecurityKey === true && isTokenMode(observed);
    return [
      createFinding({
        code: "INSTANCE_BOTH_SWITCHES_ON",
        certainty: "certain",
        facts: { consequence: describeBothOn(observed?.mode === "security_key") },
        evidence: [
          switches,
          ...(isBothThere ? [{ fact: "both are set on the instance", source: "GET /authz/policy" }] : []),
        ],
        choices: describeWaysOut(version),
      }),
    ];
  }
  if (desired.securityKey && version.verifiesTokens === "yes")
    return [
      createFinding({
        code: "INSTANCE_AUTHORIZATION_PREFERRED",
        certainty: version.source === "stated" ? "likely" : "certain",
        evidence: [switches],
        choices: describeWaysOut(version),
      }),
    ];
  return [];
}

/** Whether it lets in who brings a token. */
export function isTokenMode({ mode }: Pick<Observation, "mode">): boolean {
  return mode === "jwt" || mode === "jwt-unverified";
}

function findDifferences(instance: ComparedInstance, observed: Observation): readonly InstanceFinding[] {
  const { desired } = instance;
  const { mode } = observed;
  const findings: InstanceFinding[] = [...findOtherId(instance, observed)];
  if (mode === null) return findings;
  const seen = describeMode(observed);
  const add = (code: InstanceCauseCode, facts = {}) =>
    findings.push(createFinding({ code, certainty: seen.certainty, facts, evidence: [seen.evidence] }));
  if (mode === "jwt-unverified") add("INSTANCE_UNVERIFIED");
  if (mode === "none" && !desired.authorization && !desired.securityKey) add("INSTANCE_OPEN");
  const found = FOUND[mode];
  if (desired.authorization && !isTokenMode(observed)) add("INSTANCE_AUTHORIZATION_MISSING", { found });
  if (!desired.authorization && isTokenMode(observed)) add("INSTANCE_AUTHORIZATION_UNWANTED");
  // Where both switches are on, that is the finding, and its ways out say what becomes of the key.
  if (desired.securityKey && !desired.authorization && observed.hasSecurityKey === false)
    add("INSTANCE_SECURITY_KEY_MISSING", { found: isTokenMode(observed) ? "has none" : found });
  if (!desired.securityKey && observed.hasSecurityKey === true)
    add("INSTANCE_SECURITY_KEY_UNWANTED", {
      consequence: isTokenMode(observed) ? ", where it is not accepted beside tokens" : "",
    });
  return desired.authorization && isTokenMode(observed)
    ? [...findings, ...findTrust(instance, observed)]
    : findings;
}

const FOUND = {
  jwt: "asks for tokens",
  "jwt-unverified": "asks for tokens, and verifies none",
  security_key: "asks for its security key",
  none: "asks for no credential: whoever reaches its address may do everything",
} as const;

function describeMode({ mode, modeFrom }: Observation): {
  readonly certainty: Certainty;
  readonly evidence: Evidence;
} {
  const source = modeFrom ?? "the answer";
  return modeFrom === "the answer"
    ? {
        certainty: "likely",
        evidence: { fact: `it answers as an AgentOS of mode "${mode}" does`, source },
      }
    : { certainty: "certain", evidence: { fact: `its mode is "${mode}"`, source } };
}

function findOtherId({ osId }: ComparedInstance, observed: Observation): readonly InstanceFinding[] {
  if (osId === null || observed.osId === null || osId === observed.osId) return [];
  return [
    createFinding({
      code: "INSTANCE_OS_ID_DIFFERS",
      certainty: "certain",
      evidence: [
        {
          fact: "its own id is another one",
          source: observed.source === "policy" ? "GET /authz/policy" : "GET /info",
        },
      ],
    }),
  ];
}

/** Of an instance of ours, whose policy was read: what it makes of the tokens that are minted here. */
function findTrust({ signingKid }: ComparedInstance, observed: Observation): readonly InstanceFinding[] {
  const source = "GET /authz/policy";
  const findings: InstanceFinding[] = [];
  const thumbprints = observed.keys?.flatMap(({ thumbprint }) => (thumbprint === null ? [] : [thumbprint]));
  // Keys that it fetches by itself are loaded with the first token that names them, so it is never more than likely.
  const hasNone = thumbprints?.length === 0;
  if (signingKid !== undefined && thumbprints !== undefined && !thumbprints.includes(signingKid)) {
    const foreign = thumbprints.slice(0, 3).join(", ");
    findings.push(
      createFinding({
        code: hasNone ? "INSTANCE_KEY_NOT_LOADED" : "INSTANCE_KEY_FOREIGN",
        certainty: "likely",
        facts: { kid: signingKid, foreign },
        evidence: [
          { fact: hasNone ? "it has loaded no key" : `it has loaded ${foreign}`, source },
          { fact: `${signingKid} signs`, source: "the control plane" },
        ],
      }),
    );
  }
  if (observed.enforcesScopes === false)
    findings.push(
      createFinding({
        code: "INSTANCE_SCOPES_NOT_ENFORCED",
        certainty: "certain",
        evidence: [{ fact: "it enforces no scopes", source }],
      }),
    );
  if (observed.isolatesUsers === false)
    findings.push(
      createFinding({
        code: "INSTANCE_USERS_NOT_ISOLATED",
        certainty: "certain",
        evidence: [{ fact: "it isolates no users", source }],
      }),
    );
  return findings;
}
