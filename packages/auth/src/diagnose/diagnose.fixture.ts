/** What the tests of the diagnosis share: a token of a fixed moment, servers of both kinds, and answers as they give them. */
import {
  ADMIN_SCOPE,
  type Facts,
  REFUSALS,
  type RefusalCode,
  renderText,
  SERVED_ROUTES,
} from "@agentos/contract";
import { createTestKey, goodToken, signToken, withClaims, withHeader } from "@agentos/testkit";
import { compileRoutes } from "../decide/compile-route.ts";
import { diagnose } from "./diagnose.ts";
import type { Cause, DiagnosisInput, KnownServer, ObservedAnswer } from "./diagnosis.ts";

export const NOW = 1_800_000_000;

const testKey = await createTestKey("RS256", { kid: "k1" });
const secretKey = await createTestKey("HS256");
export const good = goodToken({ key: testKey, now: NOW });

export const tokens = {
  good: await signToken(good),
  withClaims: (claims: Readonly<Record<string, unknown>>) => signToken(withClaims(good, claims)),
  withHeader: (header: Readonly<Record<string, unknown>>) => signToken(withHeader(good, header)),
  hmac: await signToken({ ...withHeader(good, { alg: "HS256" }), key: secretKey }),
};

/** Ours tells mode, version and algorithms at GET /info; the Python one only mode and version. */
export const ours: KnownServer = {
  source: "GET /info",
  version: "2.9.0",
  policy: { id: "agent-os", mode: "jwt" },
  keys: [{ algorithms: ["RS256"] }],
};
export const python: KnownServer = {
  source: "GET /info",
  version: "2.9.0",
  isPython: true,
  policy: { id: "agent-os", mode: "jwt" },
};

const [agentsRoute] = compileRoutes(
  { "agents.read": SERVED_ROUTES["agents.read"] },
  { adminScope: ADMIN_SCOPE, scopeMappings: {}, allowUnmappedRoutes: false },
).routes;
if (agentsRoute === undefined) throw new Error("one definition compiles to one route");
export const request = { route: agentsRoute, parameters: { agent_id: "web" } };

/** The answer of our server: a code beside the sentence. */
export function ourAnswer(code: RefusalCode, facts: Facts = {}): ObservedAnswer {
  return { ...pythonAnswer(renderText(REFUSALS[code].detail, facts), REFUSALS[code].status), code };
}

/** The answer of the Python AgentOS: a sentence. */
export function pythonAnswer(detail: string, status = 401): ObservedAnswer {
  return { status, detail, serverTime: NOW };
}

export function run(input: Partial<DiagnosisInput>): readonly Cause[] {
  return diagnose({ now: NOW, cli: "agentos", ...input });
}

export function codesOf(input: Partial<DiagnosisInput>): readonly string[] {
  return run(input).map(({ code }) => code);
}

/** Every text of the causes, joined. */
export function textOf(causes: readonly Cause[]): string {
  return causes
    .flatMap(({ sentence, fix, command = "", evidence }) => [
      sentence,
      fix,
      command,
      ...evidence.map(({ fact }) => fact),
    ])
    .join("\n");
}
