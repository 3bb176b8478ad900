/** A user whose sessions are full is told so by name. */
import { fail, ok, type Result } from "@agentos/auth";
import type { LimitFault } from "@agentos/guard/app";
import { SessionsFull } from "./store.ts";

/** What the store has kept, or that it has no room for it. */
export async function refuseFull<Kept>(kept: Promise<Kept>): Promise<Result<Kept, LimitFault>> {
  try {
    return ok(await kept);
  } catch (cause) {
    if (cause instanceof SessionsFull) return fail({ code: "STORE_SESSIONS_FULL", limit: cause.maxBytes });
    throw cause;
  }
}
