/** Where the console is meant to be opened, when it says that it is not here. */
import { AgentOSRefusal } from "@agentos/client";

/** The same page at the address that the control plane names; undefined for any other fault. */
export function findRightAddress(error: unknown, path: string): string | undefined {
  if (!(error instanceof AgentOSRefusal) || error.code !== "SIGN_IN_PAGE_ELSEWHERE") return undefined;
  const named = /https?:\/\/[^\s;,"]+/.exec(error.title ?? "")?.[0];
  if (named === undefined || !URL.canParse(named)) return undefined;
  // A path of two slashes would be another host.
  return path.startsWith("/") && !path.startsWith("//") ? `${new URL(named).origin}${path}` : undefined;
}
