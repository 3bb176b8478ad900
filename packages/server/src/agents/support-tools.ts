/**
 * Tools of a support agent: why was a request refused, and what is wrong with a token? They act as the caller. Who holds
 * neither `authz:read` nor the admin scope gets no denial record; who holds no `authz:explain` learns of a token only
 * what its holder could find out alone, and what this server would answer it.
 */
import { type Cause, compileGrants, diagnose, type KnownServer, type Refusal } from "@agentos/auth";
import { REFUSALS, type RefusalEntry } from "@agentos/contract";
import type { DenialRecorder } from "@agentos/guard";
import { z } from "zod";
import type { CallerIdentity } from "../runs/caller.ts";
import { type Tool, tool } from "./define-tool.ts";

/** What the tools look into; an AgentOS gives all of it. */
export interface SupportToolsOptions {
  /** Where refusals are kept. */
  readonly denials: () => Promise<Pick<DenialRecorder, "find">>;
  /** Why this server would refuse a token; undefined when it is valid. */
  readonly judgeToken: (token: string) => Promise<Refusal | undefined>;
  /** What is known of this server's configuration. */
  readonly server: () => Promise<KnownServer>;
  /** The command that fixes name. */
  readonly cli: string;
}

/** What both tools answer. */
export interface SupportAnswer {
  readonly outcome: "explained" | "valid" | "unknown denial" | "no token" | "not allowed";
  readonly route?: string;
  readonly count?: number;
  readonly causes?: readonly Pick<
    Cause,
    "code" | "sentence" | "certainty" | "fix" | "command" | "evidence"
  >[];
  readonly needs?: string;
}

/** Makes `explain_denial` and `explain_token`. */
export function createSupportTools(options: SupportToolsOptions): readonly Tool[] {
  return [createDenialTool(options), createTokenTool(options)];
}

function createDenialTool({ denials, server, cli }: SupportToolsOptions): Tool {
  return tool({
    name: "explain_denial",
    description: "Why a request was refused, by the denial id of its answer. For operators",
    parameters: z.object({ denial_id: z.string().max(100) }),
    async execute({ denial_id }, { caller, clock }): Promise<SupportAnswer> {
      const known = await server();
      if (!holds(caller, "authz:read", known)) return { outcome: "not allowed", needs: "authz:read" };
      const record = (await denials()).find(denial_id);
      if (record === undefined) return { outcome: "unknown denial" };
      const { code, facts, route, count } = record;
      const causes = diagnose({ refusal: { code, facts }, server: known, now: clock.now(), cli });
      return { outcome: "explained", route, count, causes: causes.map(describeCause) };
    },
  });
}

function createTokenTool({ judgeToken, server, cli }: SupportToolsOptions): Tool {
  return tool({
    name: "explain_token",
    description: "What is wrong with the token that the user has pasted; its text is never shown to anybody",
    parameters: z.object({}),
    readsPastedTokens: true,
    async execute(_, { caller, clock, pastedTokens = [] }): Promise<SupportAnswer> {
      const [credential] = pastedTokens;
      if (credential === undefined) return { outcome: "no token" };
      const refusal = await judgeToken(credential);
      if (refusal === undefined) return { outcome: "valid" };
      const known = await server();
      const base = { credential, now: clock.now(), cli };
      const causes = holds(caller, "authz:explain", known)
        ? diagnose({ ...base, refusal, server: known })
        : diagnose({ ...base, answer: { status: entryOf(refusal).status, code: publicCodeOf(refusal) } });
      return { outcome: "explained", causes: causes.map(describeCause) };
    },
  });
}

/** The security key and a server without any credential are root; anybody else needs the scope. */
function holds(
  caller: CallerIdentity,
  scope: string,
  { adminScope = "agent_os:admin", mode }: KnownServer,
): boolean {
  if (caller.kind === "security_key" || mode === "none") return true;
  const grants = compileGrants(caller.scopes, adminScope);
  return grants.adminScope !== undefined || grants.wide.has(scope);
}

function entryOf({ code }: Refusal): RefusalEntry {
  return REFUSALS[code];
}

function publicCodeOf(refusal: Refusal): string {
  return entryOf(refusal).publicCode ?? refusal.code;
}

function describeCause({ code, sentence, certainty, fix, command, evidence }: Cause) {
  return { code, sentence, certainty, fix, ...(command === undefined ? {} : { command }), evidence };
}
