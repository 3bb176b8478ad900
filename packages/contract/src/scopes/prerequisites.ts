/** Scopes that act as gates: without one of them finer scopes never come into play (design.md section 10). */
import type { GlobalScope } from "./scope-catalogue.ts";

/** A scope without which others never come into play. */
export interface AccessPrerequisite {
  /** The gate. */
  readonly scope: GlobalScope;
  /** What its absence blocks, as a sentence that can follow "without it". */
  readonly blocks: string;
  /** Who asks for it. */
  readonly enforcedBy: "control-plane" | "agentos";
}

/** In the order in which a person meets them. */
export const ACCESS_PREREQUISITES = [
  { scope: "org:read", blocks: "a member cannot enter the organization", enforcedBy: "control-plane" },
  { scope: "os:read", blocks: "a member sees no AgentOS instance", enforcedBy: "control-plane" },
  {
    scope: "config:read",
    blocks: "the console cannot load an instance, because it reads GET /config first",
    enforcedBy: "agentos",
  },
] as const satisfies readonly AccessPrerequisite[];
