/**
 * What this browser sees of an endpoint: whether anything answers, whether the page may read it, and what it says. A browser
 * tells a page little of why a request failed, so a second one that reads nothing (`no-cors`) tells "refused by CORS" from
 * "nobody there". Everything that comes back is somebody's claim: bounded, and only the members that are known are kept.
 */
import type { ControlPlaneClient } from "@agentos/client";
import type { BrowserKind } from "./browser-kind.ts";
import { findNearer, isMixedContent } from "./endpoint-place.ts";
import { clip } from "./words.ts";

export type ProbeBody = NonNullable<Parameters<ControlPlaneClient["instances"]["observe"]>[0]["body"]>;
export type Outcome = ProbeBody["outcome"];
export type ProbeAnswer = NonNullable<ProbeBody["answers"]>[number];
type Route = ProbeAnswer["route"];
type CredentialKind = NonNullable<ProbeAnswer["credential"]>;

export interface ProbeReport {
  readonly outcome: Outcome;
  readonly answers: readonly ProbeAnswer[];
  /** It answered with a way to somewhere else, which is never followed. */
  readonly isRedirected: boolean;
  /** By the control plane's clock nothing is known: the instance's own, where the page may read it. */
  readonly date: string | undefined;
}

/** `prompt`: the browser has asked, or will. */
export type NetworkPermission = "granted" | "denied" | "prompt" | "unknown";

/** What of the browser the probe works with. */
export interface ProbeTools {
  readonly fetch: typeof fetch;
  readonly pageUrl: string;
  readonly browser: BrowserKind;
  /** What the person has said of this page and that network. */
  readonly readPermission: (network: "local" | "loopback") => Promise<NetworkPermission>;
  readonly timeoutMs: number;
}

export interface ProbedCredential {
  readonly kind: CredentialKind;
  readonly text: string;
}

/** Routes that need no credential, and one that does: where nothing else tells, how it is refused shows what guards the instance. */
const OPEN_ROUTES: readonly Route[] = ["GET /health", "GET /info", "GET /config"];
const MAX_BYTES = 64 * 1024;
const MAX_TEXT = 300;
/** Members of answers that say what an instance is; the rest is of no use here. */
const KEPT = [
  "status",
  "os_id",
  "name",
  "agno_version",
  "server_version",
  "auth_mode",
  "agent_count",
  "team_count",
  "workflow_count",
  "detail",
  "code",
  "type",
  "title",
  "fix",
  "denial_id",
  "request_id",
  "required_scopes",
  "missing_scopes",
] as const;

/** Looks without a credential. */
export function probeEndpoint(
  endpoint: string,
  tools: ProbeTools,
  signal?: AbortSignal,
): Promise<ProbeReport> {
  return ask(endpoint, OPEN_ROUTES, undefined, tools, signal);
}

/** Looks no further than whether it can be reached, for a request that got no answer. */
export async function probeReach(endpoint: string, tools: ProbeTools): Promise<Outcome> {
  return (await ask(endpoint, ["GET /health"], undefined, tools, undefined)).outcome;
}

/** Looks with one, or as who has none: whether it is let in. */
export function probeWithCredential(
  endpoint: string,
  credential: ProbedCredential | undefined,
  tools: ProbeTools,
  signal?: AbortSignal,
): Promise<ProbeReport> {
  return ask(endpoint, ["GET /config"], credential, tools, signal);
}

async function ask(
  endpoint: string,
  routes: readonly Route[],
  credential: ProbedCredential | undefined,
  tools: ProbeTools,
  signal: AbortSignal | undefined,
): Promise<ProbeReport> {
  const answers: ProbeAnswer[] = [];
  let date: string | undefined;
  for (const route of routes) {
    if (route === "GET /config" && credential === undefined && answers.some(saysWhatGuardsIt)) break;
    const got = await askRoute(endpoint, route, credential, tools, signal);
    if (got.kind === "failed")
      return {
        outcome: await explainFailure(endpoint, route, got.isTimeout, tools, signal),
        answers: [],
        isRedirected: false,
        date,
      };
    if (got.kind === "redirected") return { outcome: "answered", answers, isRedirected: true, date };
    answers.push(got.answer);
    date ??= got.date;
  }
  return { outcome: "answered", answers, isRedirected: false, date };
}

/** Then nothing has to be refused to learn it: each refusal would stand in the record of the instance. */
function saysWhatGuardsIt({ route, status, body }: ProbeAnswer): boolean {
  return (
    route === "GET /info" &&
    status === 200 &&
    typeof body?.["auth_mode"] === "string" &&
    typeof body["os_id"] === "string"
  );
}

type Got =
  | { readonly kind: "answer"; readonly answer: ProbeAnswer; readonly date: string | undefined }
  | { readonly kind: "redirected" }
  | { readonly kind: "failed"; readonly isTimeout: boolean };

async function askRoute(
  endpoint: string,
  route: Route,
  credential: ProbedCredential | undefined,
  tools: ProbeTools,
  signal: AbortSignal | undefined,
): Promise<Got> {
  const timeout = AbortSignal.timeout(tools.timeoutMs);
  try {
    const response = await tools.fetch(`${endpoint}${route.replace("GET ", "")}`, {
      ...PLAIN,
      signal: signal === undefined ? timeout : AbortSignal.any([timeout, signal]),
      ...(credential === undefined ? {} : { headers: { Authorization: `Bearer ${credential.text}` } }),
    });
    if (response.type === "opaqueredirect") return { kind: "redirected" };
    const body = readMembers(await readText(response));
    return {
      kind: "answer",
      date: response.headers.get("date") ?? undefined,
      answer: {
        route,
        status: response.status,
        credential: credential?.kind ?? "none",
        ...(body === undefined ? {} : { body }),
      },
    };
  } catch {
    signal?.throwIfAborted();
    return { kind: "failed", isTimeout: timeout.aborted };
  }
}

const PLAIN = {
  cache: "no-store",
  credentials: "omit",
  redirect: "manual",
  referrerPolicy: "no-referrer",
} as const satisfies RequestInit;

async function explainFailure(
  endpoint: string,
  route: Route,
  isTimeout: boolean,
  tools: ProbeTools,
  signal: AbortSignal | undefined,
): Promise<Outcome> {
  const network = findNearer(endpoint, tools.pageUrl);
  const permission = network === undefined ? "granted" : await tools.readPermission(network);
  // While the browser asks the person, the request waits for the answer.
  if (isTimeout) return permission === "prompt" ? "local-network-refused" : "timed-out";
  if (isMixedContent(endpoint, tools.pageUrl, tools.browser)) return "mixed-content";
  if (await answersAtAll(`${endpoint}${route.replace("GET ", "")}`, tools, signal)) return "cors-refused";
  const isKeptOut = permission === "denied" || (tools.browser === "brave" && network !== undefined);
  return isKeptOut ? "local-network-refused" : "unreachable";
}

/** Nothing of the answer can be read, but that there is one. */
async function answersAtAll(
  url: string,
  tools: ProbeTools,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const timeout = AbortSignal.timeout(tools.timeoutMs);
  try {
    await tools.fetch(url, {
      ...PLAIN,
      mode: "no-cors",
      // With this mode nothing else is allowed; what is elsewhere cannot be read either.
      redirect: "follow",
      signal: signal === undefined ? timeout : AbortSignal.any([timeout, signal]),
    });
    return true;
  } catch {
    signal?.throwIfAborted();
    return false;
  }
}

/** Cut where it has more bytes than any answer of these routes: then it is no JSON any more. */
async function readText(response: Response): Promise<string> {
  const reader = response.body?.getReader();
  if (reader === undefined) return "";
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    bytes += value.byteLength;
    if (bytes > MAX_BYTES) {
      await reader.cancel();
      return "";
    }
    text += decoder.decode(value, { stream: true });
  }
}

function readMembers(text: string): Readonly<Record<string, unknown>> | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) return undefined;
  const given = new Map(Object.entries(parsed));
  return Object.fromEntries(KEPT.flatMap((name) => keepMember(name, given.get(name))));
}

function keepMember(name: string, value: unknown): readonly (readonly [string, unknown])[] {
  if (typeof value === "string") return [[name, clip(value, MAX_TEXT)]];
  if (typeof value === "number" || typeof value === "boolean" || value === null) return [[name, value]];
  if (Array.isArray(value))
    return [
      [
        name,
        value
          .filter((each) => typeof each === "string")
          .slice(0, 20)
          .map((each) => clip(each, MAX_TEXT)),
      ],
    ];
  return [];
}
