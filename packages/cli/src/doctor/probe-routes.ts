/** Asks routes without and with the token, and explains every refusal. The same for a running server and a configuration. */
import {
  type Cause,
  type CredentialKind,
  classifyCredential,
  diagnose,
  type JudgedToken,
  type KnownServer,
} from "@agentos/auth";
import type { CredentialLocation } from "@agentos/server";
import type { Context } from "../context.ts";
import { type MatchedRoute } from "../route-table.ts";
import type { Answered, Ask } from "./ask.ts";
import { AUTHORIZATION_HEADER, describeLocation, isSameLocation } from "./credential-location.ts";
import { explainLost } from "./explain-lost.ts";
import { fromUnanswered, toFinding } from "./findings.ts";
import type { Check, Finding } from "./report.ts";

export interface DoctorRequest {
  readonly method: string;
  readonly path: string;
  /** Undefined for a route that is not of the contract. */
  readonly matched: MatchedRoute | undefined;
}

export interface Probe {
  readonly ask: Ask;
  /** Where `ask` puts the token. */
  readonly location: CredentialLocation;
  readonly server: KnownServer;
  readonly requests: readonly DoctorRequest[];
  readonly token: string | undefined;
  /** What the keys that were given beside the token say about it. */
  readonly judged: JudgedToken | undefined;
  readonly context: Context;
}

export interface Probed {
  readonly server: KnownServer;
  readonly checks: readonly Check[];
  readonly findings: readonly Finding[];
}

/** Asks one route after the other. */
export async function probeRoutes(probe: Probe): Promise<Probed> {
  const checks: Check[] = [];
  const findings: Finding[] = [];
  let { server } = probe;
  for (const request of probe.requests) {
    if (request.method === "GET") {
      const bare = await probe.ask({ path: request.path });
      if (bare.kind === "answer") {
        server = learnMode(server, bare);
        checks.push(describeBare(request, bare, server));
      } else if (bare.kind === "fault" && probe.token === undefined) {
        // With a token the same request says so below.
        const name = `${request.method} ${request.path} without a token`;
        checks.push({ name, outcome: "failed", text: "no answer" });
        findings.push(fromUnanswered(bare, name, probe.context.cli));
      }
    }
    if (probe.token === undefined) continue;
    const asked = await probeWithToken({ ...probe, server, token: probe.token }, request);
    checks.push(asked.check);
    findings.push(...asked.findings);
  }
  return { server, checks, findings };
}

async function probeWithToken(
  { ask, location, server, token, judged, context }: Probe & { readonly token: string },
  request: DoctorRequest,
): Promise<{ readonly check: Check; readonly findings: readonly Finding[] }> {
  const name = `${request.method} ${request.path}`;
  const isUsual = isSameLocation(location, AUTHORIZATION_HEADER);
  const seenAt = `${name} with the token${isUsual ? "" : ` in ${describeLocation(location)}`}`;
  const base = {
    server,
    credential: token,
    now: context.now(),
    cli: context.cli,
    ...(request.matched === undefined ? {} : { request: request.matched }),
  };
  // Only reading is asked for: a doctor changes nothing. Anything else is judged from the token.
  const asked = request.method === "GET" ? await ask({ path: request.path, token }) : undefined;
  if (asked?.kind === "fault") {
    const check: Check = { name: seenAt, outcome: "failed", text: "no answer" };
    return { check, findings: [fromUnanswered(asked, seenAt, context.cli)] };
  }
  if (asked?.kind !== "answer") {
    const causes = diagnose(base);
    const text =
      asked === undefined ? "not sent; judged from the token" : `cannot be sent in a ${location.in}`;
    return {
      check: {
        name: seenAt,
        outcome: causes.length === 0 ? (asked === undefined ? "ok" : "failed") : "failed",
        text,
      },
      findings: causes.map((cause) => toFinding(cause, { seenAt })),
    };
  }
  if (asked.status < 400 || isBeyondAuthorization(asked.status))
    return { check: { name: seenAt, outcome: "ok", text: describeAccepted(asked.status) }, findings: [] };

  const detail = readText(asked, "detail");
  const causes = diagnose({
    ...base,
    answer: {
      status: asked.status,
      code: readText(asked, "code"),
      detail,
      requiredScopes: readTexts(asked, "required_scopes"),
      serverTime: asked.serverTime,
    },
  });
  const serverSaid = detail ?? readText(asked, "title");
  const explain = (cause: Cause) =>
    explainLost(useJudged(cause, judged), { detail, fix: readText(asked, "fix") }, location);
  return {
    check: { name: seenAt, outcome: "failed", text: `${asked.status}` },
    findings: causes.map((cause) => toFinding(explain(cause), { seenAt, serverSaid })),
  };
}

/** The caller was let in: what follows is not about who it is or what it may do. */
function isBeyondAuthorization(status: number): boolean {
  return [404, 405, 409, 422].includes(status);
}

function describeAccepted(status: number): string {
  if (status === 404) return "404: the token is accepted; there is no such item or route";
  return status < 400
    ? `${status}: accepted`
    : `${status}: the token is accepted, the request is not complete`;
}

/** A key that was given beside the token settles whose signature it is. */
function useJudged(cause: Cause, judged: JudgedToken | undefined): Cause {
  if (
    judged === undefined ||
    judged.signature === "not checked" ||
    cause.code !== "AUTH_SIGNED_BY_ANOTHER_KEY"
  )
    return cause;
  const fact =
    judged.signature === "verified"
      ? "the signature holds with the key that was given here, so the server has another one"
      : "the signature does not hold with the key that was given here either";
  return {
    ...cause,
    certainty: judged.signature === "verified" ? "certain" : cause.certainty,
    evidence: [...cause.evidence, { fact, source: "the command line" }],
  };
}

/** An old server tells no mode, but what it misses without a credential does (contract 1.6). */
function learnMode(server: KnownServer, answer: Answered): KnownServer {
  if (server.mode !== undefined || answer.status !== 401) return server;
  const detail = readText(answer, "detail") ?? "";
  if (detail === "Authorization header required") return { ...server, mode: "security_key" };
  return /^Authorization header missing$|^JWT (cookie|token)\b/.test(detail)
    ? { ...server, mode: "jwt" }
    : server;
}

function describeBare(request: DoctorRequest, { status }: Answered, server: KnownServer): Check {
  const name = `${request.method} ${request.path} without a token`;
  if (status === 401) return { name, outcome: "ok", text: "401, as it should" };
  if (status < 400) {
    const isMeant = server.mode === "none" || request.matched?.route.access === "public";
    return {
      name,
      outcome: "ok",
      text: `${status}: open to everybody${isMeant ? "" : ", whatever its mode says"}`,
    };
  }
  return { name, outcome: "unknown", text: String(status) };
}

export function readText({ body }: Answered, name: string): string | undefined {
  const value = body?.[name];
  return typeof value === "string" ? value.slice(0, 4_000) : undefined;
}

function readTexts({ body }: Answered, name: string): readonly string[] | undefined {
  const value = body?.[name];
  return Array.isArray(value)
    ? value.filter((entry): entry is string => typeof entry === "string").slice(0, 50)
    : undefined;
}

const KINDS: Readonly<Record<CredentialKind, string>> = {
  none: "is empty",
  jwt: "looks like a JWT",
  "service account token": "looks like a service account token",
  "header with another form": "is not of the form of a bearer credential",
  "header with the scheme twice": 'has the word "Bearer" twice',
  "security key or other text": "looks like a security key, or is no token at all",
};

/** What a credential looks like, for people. */
export function describeCredential(token: string | undefined): string {
  return KINDS[classifyCredential(token)];
}
