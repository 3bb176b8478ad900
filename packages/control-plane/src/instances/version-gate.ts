/** Which version an AgentOS is, where that is from, and whether it can verify tokens at all (contract 1.12). */
import { isOlder } from "@agentos/auth";
import { FIRST_VERSION_WITH_JWT } from "@agentos/contract";
import type { Observed } from "../schema/observed.ts";

export interface KnownVersion {
  readonly version: string | null;
  readonly source: "reported" | "stated" | "unknown";
  /**
   * `no`: it is older than the first that verifies tokens. `unknown`: it reports none, nobody has stated one, and its
   * answers could be those of any.
   */
  readonly verifiesTokens: "yes" | "no" | "unknown";
}

/** What it reports counts before what a person states; how it answers shows at least how old it is not. */
export function findVersion(
  stated: string | null,
  observed: Pick<Observed, "version" | "versionAtLeast"> | undefined,
): KnownVersion {
  const reported = observed?.version ?? null;
  const version = reported ?? stated;
  const source = reported !== null ? "reported" : stated !== null ? "stated" : "unknown";
  const isNewEnough = (text: string) => !isOlder(text, FIRST_VERSION_WITH_JWT);
  if (reported !== null) return { version, source, verifiesTokens: isNewEnough(reported) ? "yes" : "no" };
  const atLeast = observed?.versionAtLeast ?? null;
  if (atLeast !== null && isNewEnough(atLeast)) return { version, source, verifiesTokens: "yes" };
  if (stated === null) return { version, source, verifiesTokens: "unknown" };
  return { version, source, verifiesTokens: isNewEnough(stated) ? "yes" : "no" };
}

/** How the source is said to people. */
export const VERSION_SOURCE_WORDS = {
  reported: "as it reports itself",
  stated: "as somebody entered it",
  unknown: "not known",
} as const;
