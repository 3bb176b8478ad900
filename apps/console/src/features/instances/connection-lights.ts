/**
 * The row of lights between an address and a token that is let in: what was seen, and what to do about the first that is
 * red. Pure. Those behind a red one wait, since nothing is known of them.
 */
import { FIRST_VERSION_WITH_JWT } from "@agentos/contract";
import { describeFault } from "../../lib/describe-fault.ts";
import type { Finding } from "../../lib/explain-refusal.ts";
import type { Instance } from "../../lib/instance-state.ts";
import type { ProbeReport } from "../../lib/probe-endpoint.ts";
import type { Trial } from "../../lib/trial.ts";
import { asSentence, clip } from "../../lib/words.ts";
import { findConnection, isAgentOS } from "./find-connection.ts";
import {
  type Found,
  LIGHT_IDS,
  type Light,
  type LightId,
  type LightsInput,
  LOOKING,
  type Words,
} from "./light.ts";

const TITLES: Readonly<Record<LightId, string>> = {
  address: "Address",
  network: "Allowed by this browser",
  reachable: "Reachable",
  cors: "Allows this console (CORS)",
  agentos: "Is an AgentOS",
  version: "Version",
  mode: "Protection",
  key: "Key",
  audience: "Audience",
  scope: "Scope",
};

/** All ten, in their order. */
export function deriveLights(input: LightsInput): readonly Light[] {
  const found: Found = { ...findConnection(input), ...findIdentity(input), ...findTrust(input) };
  const stop = LIGHT_IDS.findIndex((id) => found[id]?.state === "failed");
  return LIGHT_IDS.map((id, at) => {
    const words = found[id];
    const isBehind = stop !== -1 && at > stop && words?.state !== "failed" && words?.state !== "asks";
    return { id, title: TITLES[id], ...(isBehind || words === undefined ? WAITS : words) };
  });
}

const WAITS: Words = { state: "waiting", said: "" };

/** Everything up to its nature is right: it can be connected. */
export function isConnectable(lights: readonly Light[]): boolean {
  return lights.every(({ id, state }) => !CONNECTION.includes(id) || state === "passed" || state === "warn");
}

const CONNECTION: readonly LightId[] = ["address", "network", "reachable", "cors", "agentos"];

/** Nothing is red, and nothing is waited for. */
export function isAllGreen(lights: readonly Light[]): boolean {
  return lights.every(({ state }) => state === "passed" || state === "warn");
}

function findIdentity({ instance, report }: LightsInput): Found {
  if (report?.outcome !== "answered" || !isAgentOS(report.answers)) return {};
  return { version: findVersion(instance), mode: findMode(instance, report) };
}

function findVersion({ version, version_source: source }: Instance): Words {
  if (version === null)
    return {
      state: "asks",
      said: "It reports none",
      fix: `Versions before 2.6.0 do not. Say which one it is: from ${FIRST_VERSION_WITH_JWT} on an AgentOS can verify tokens.`,
    };
  const said = `${clip(version, 64)}, ${source === "reported" ? "as it reports" : "entered by hand"}`;
  if (canVerifyTokens(version)) return { state: "passed", said };
  return {
    state: "warn",
    said,
    fix: `Before ${FIRST_VERSION_WITH_JWT} an AgentOS cannot verify tokens: only its security key guards it. Upgrade it to use Authorization (JWT).`,
  };
}

/** As the control plane compares them: by their numbers. */
export function canVerifyTokens(version: string): boolean {
  const numbers = (text: string) =>
    text
      .replace(/^v/, "")
      .split(".")
      .map((part) => Number.parseInt(part, 10) || 0);
  const own = numbers(version);
  const difference = numbers(FIRST_VERSION_WITH_JWT)
    .map((number, at) => (own[at] ?? 0) - number)
    .find((each) => each !== 0);
  return (difference ?? 0) >= 0;
}

function findMode({ observed, desired }: Instance, { answers }: ProbeReport): Words {
  const refusal = answers.find(({ status }) => status === 401 || status === 403)?.body?.["detail"];
  const words = typeof refusal === "string" ? { words: clip(refusal, 200) } : {};
  switch (observed?.mode) {
    case "jwt":
      return { state: "passed", said: "Tokens: Authorization (JWT) is on there", ...words };
    case "security_key":
      return { state: "passed", said: "Its security key", ...words };
    case "jwt-unverified":
      return {
        state: "failed",
        said: "Tokens, and it verifies none of them",
        fix: "Whoever writes a token by hand is let in. Take `validate: false` out of its configuration.",
      };
    case "none":
      return {
        state: desired.authorization || desired.security_key ? "failed" : "warn",
        said: "Nothing: whoever reaches its address may do everything",
        fix: desired.authorization
          ? "Authorization is on here, but not there yet: set the lines of its configuration, and start it again."
          : "Switch Authorization on once it is connected, and set the lines that you are given.",
      };
    default:
      return {
        state: "failed",
        said: "Its answers do not tell",
        fix: "Something between this browser and the instance may answer in its place: compare with the log of the instance.",
        ...words,
      };
  }
}

const AFTER: Words = { state: "waiting", said: "Tried once it is connected" };
const NONE_OF_KEY: Words = { state: "passed", said: "A security key has none: it may do everything" };
const NONE_NEEDED: Words = { state: "passed", said: "None is asked for" };

function findTrust({ instance, trial }: LightsInput): Found {
  if (instance.is_draft) return { key: AFTER, audience: AFTER, scope: AFTER };
  if (trial === undefined) return { key: LOOKING, audience: WAITS, scope: WAITS };
  if (trial.kind === "no-token") return placeNoToken(trial.error);
  if (trial.kind === "refused") return placeRefusal(instance, trial);
  if (trial.kind === "no-key")
    return {
      key: {
        state: "asks",
        said: "Its security key is not known in this tab",
        fix: "Type the key that the instance was started with: `echo $OS_SECURITY_KEY` prints it there.",
      },
      audience: NONE_OF_KEY,
      scope: NONE_OF_KEY,
    };
  if (trial.credential === "minted")
    return {
      key: { state: "passed", said: "It takes the key that signs for you here" },
      audience: { state: "passed", said: clip(instance.os_id ?? "not verified", 80) },
      scope: { state: "passed", said: "Your role loads it (config:read)" },
    };
  if (trial.credential === "security-key")
    return {
      key: { state: "passed", said: "It takes the security key" },
      audience: NONE_OF_KEY,
      scope: NONE_OF_KEY,
    };
  return { key: NONE_NEEDED, audience: NONE_NEEDED, scope: NONE_NEEDED };
}

function placeNoToken(error: Extract<Trial, { kind: "no-token" }>["error"]): Found {
  const { cause, fix, code } = describeFault(error);
  const words: Words = { state: "failed", said: cause, ...(fix === undefined ? {} : { fix }) };
  if (code === "INSTANCE_OS_ID_UNKNOWN") return { key: LOOKING, audience: words };
  return code?.startsWith("SCOPE_") === true
    ? { key: LOOKING, audience: LOOKING, scope: words }
    : { key: words };
}

const PASSED: Words = { state: "passed", said: "Let through" };

function placeRefusal(
  { desired, observed }: Instance,
  { credential, causes, status }: Extract<Trial, { kind: "refused" }>,
): Found {
  if (credential === "none" && !desired.authorization)
    return {
      key: {
        state: "failed",
        said:
          observed?.mode === "jwt"
            ? "It asks for tokens, and none are made here"
            : "It asks for a credential, and none is sent",
        fix:
          observed?.mode === "jwt"
            ? "Switch Authorization on, and set the lines of its configuration: then it trusts the tokens of this console."
            : "Switch on below what guards the instance.",
      },
    };
  const [cause] = causes;
  const words = cause === undefined ? describeStatus(credential, status) : describeCause(cause);
  const place = cause === undefined ? (status === 403 ? "scope" : "key") : placeOf(cause.code);
  if (credential === "security-key") return { key: words };
  if (place === "key") return { key: words };
  if (place === "audience") return { key: PASSED, audience: words };
  return { key: PASSED, audience: PASSED, scope: words };
}

/** Which light a cause belongs to, by the name of its code. */
export function placeOf(code: string): "key" | "audience" | "scope" {
  if (/AUDIENCE|OS_ID|TOKEN_ID_/.test(code)) return "audience";
  if (/SCOPE|ROLE|ISOLAT|SUBJECT/.test(code)) return "scope";
  return "key";
}

function describeCause({ title, fix, certainty }: Finding): Words {
  const sure = certainty === "certain" ? "" : certainty === "likely" ? "Likely: " : "Perhaps: ";
  return {
    state: "failed",
    said: `${sure}${sure === "" ? asSentence(title).slice(0, -1) : title}`,
    fix: asSentence(fix),
  };
}

function describeStatus(credential: string, status: number | undefined): Words {
  return {
    state: "failed",
    said: status === undefined ? "No answer that this page may read" : `Refused with status ${status}`,
    fix:
      credential === "security-key"
        ? "Compare it with OS_SECURITY_KEY on the instance: spaces and line ends count."
        : "Compare the lines of its configuration with those below, and start it again.",
  };
}
