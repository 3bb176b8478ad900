/**
 * What an instance is, from what a browser saw of it (contract 1.12): from its own words in `/info`, else from how it
 * refuses. Everything here is somebody's claim, so only known words and bounded values get through.
 */
import { osIdSchema, type probeSchema } from "@agentos/contract/control-plane";
import type { z } from "zod";
import { NOTHING_OBSERVED, type Observed } from "../schema/observed.ts";

export type Probe = z.output<typeof probeSchema>;
type Answer = Probe["answers"][number];
type Mode = NonNullable<Observed["mode"]>;

const MODES: readonly Mode[] = ["jwt", "jwt-unverified", "security_key", "none"];
const VERSION = /^v?\d{1,6}(?:\.\d{1,6}){1,3}[\w.+-]{0,32}$/;
const SECURITY_KEY_WORDS = /^(?:Authorization header required|Invalid authentication token)$/;
/** Those of 2.3.13 are among them. */
const JWT_WORDS =
  /^(?:Authorization header missing$|JWT cookie |JWT token missing |Token has expired$|Invalid token\b|Invalid audience - |Error decoding token: |Insufficient permissions\b)/;
/** The first version that has `GET /info`, and the first whose refusals know tokens. */
const FIRST_WITH_INFO = "2.5.13";
const FIRST_WITH_TOKENS = "2.3.13";

/** Derives it. */
export function deriveObservation({ outcome, answers }: Omit<Probe, "endpoint">): Observed {
  if (outcome !== "answered") return { ...NOTHING_OBSERVED, outcome };
  const info = answers.find((answer) => answer.route === "GET /info" && answer.status === 200)?.body;
  const said = info === undefined ? NOTHING_OBSERVED : readInfo(info);
  const heard = said.mode === null ? hearMode(answers) : null;
  return {
    ...said,
    outcome,
    ...(heard === null ? {} : { mode: heard, modeFrom: "the answer" as const, ...switchesOf(heard) }),
    versionAtLeast: info !== undefined ? FIRST_WITH_INFO : heard === "jwt" ? FIRST_WITH_TOKENS : null,
    isOurs: said.isOurs ?? (answers.some(isRefusalOfOurs) ? true : null),
    osId: said.osId ?? readConfigId(answers),
  };
}

function readInfo(info: Readonly<Record<string, unknown>>): Observed {
  const mode = MODES.find((known) => known === info["auth_mode"]) ?? null;
  return {
    ...NOTHING_OBSERVED,
    mode,
    modeFrom: mode === null ? null : "GET /info",
    ...(mode === null ? {} : switchesOf(mode)),
    version: readVersion(info["agno_version"]),
    osId: readId(info["os_id"]),
    // No Python AgentOS has this member.
    isOurs: typeof info["server_version"] === "string",
  };
}

/** Where tokens are asked for, a security key may still be set: nothing that a browser sees tells. */
function switchesOf(mode: Mode): Pick<Observed, "hasSecurityKey"> {
  return { hasSecurityKey: mode === "security_key" ? true : mode === "none" ? false : null };
}

function hearMode(answers: readonly Answer[]): Mode | null {
  for (const { status, body } of answers) {
    if (status !== 401 && status !== 403) continue;
    const detail = body?.["detail"];
    if (typeof detail !== "string") continue;
    if (SECURITY_KEY_WORDS.test(detail)) return "security_key";
    if (JWT_WORDS.test(detail)) return "jwt";
  }
  // Only what was asked without any credential shows that none is needed.
  const isOpen = answers.some(
    ({ route, status, credential }) =>
      status === 200 && credential === "none" && (route === "GET /config" || route === "GET /agents"),
  );
  return isOpen ? "none" : null;
}

function isRefusalOfOurs({ status, body }: Answer): boolean {
  return status >= 400 && typeof body?.["code"] === "string" && String(body["type"]).startsWith("/errors/");
}

function readConfigId(answers: readonly Answer[]): string | null {
  const config = answers.find(({ route, status }) => route === "GET /config" && status === 200)?.body;
  return readId(config?.["os_id"]);
}

/** Null for what is no version. */
export function readVersion(value: unknown): string | null {
  return typeof value === "string" && VERSION.test(value) ? value : null;
}

/** Null for what no AgentOS is to be called. */
export function readId(value: unknown): string | null {
  const id = osIdSchema.safeParse(value);
  return id.success ? id.data : null;
}
