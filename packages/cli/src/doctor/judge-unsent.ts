/** Requests that are not sent: a doctor changes nothing, so only GET is. */
import { type Cause, diagnose, type KnownServer } from "@agentos/auth";
import type { Context } from "../program/context.ts";
import { toFinding } from "./findings.ts";
import type { Check, DoctorRequest, Finding } from "./report.ts";

interface Judged {
  readonly server: KnownServer;
  readonly token: string | undefined;
  readonly context: Context;
  /** The server has let this token in elsewhere. */
  readonly isTokenChecked: boolean;
  /** The server has refused the token itself. */
  readonly isRefused: boolean;
}

/** Only reading is asked for: a doctor changes nothing. What a route with another method needs is read from the token. */
export function judgeUnsent(
  request: DoctorRequest,
  { token, server, isTokenChecked, isRefused, context }: Judged,
): { readonly check: Check; readonly findings: readonly Finding[] } {
  const name = `${request.method} ${request.path}`;
  const told = (outcome: Check["outcome"], text: string, findings: readonly Finding[] = []) => ({
    check: { name, outcome, text },
    findings,
  });
  if (token === undefined) return told("unknown", "not sent: only GET is");
  if (isRefused) return told("unknown", "not sent: the token itself is refused");
  const seenAt = `${name}, judged from the token`;
  const findings = diagnose({
    server,
    credential: token,
    now: context.now(),
    cli: context.cli,
    ...(request.matched === undefined ? {} : { request: request.matched }),
  })
    // What an accepted token is, the server has said itself.
    .filter((cause) => !isTokenChecked || isAboutScopes(cause))
    .map((cause) => toFinding(cause, { seenAt }));
  if (findings.length > 0) return told("failed", "not sent; judged from the token", findings);
  return told(
    "unknown",
    request.matched === undefined
      ? "not sent: only GET is; what it requires is not known here"
      : "not sent: only GET is; the token names the scopes that it requires",
  );
}

/** Codes that are about what an accepted token may do, not about the token. */
export function isAboutScopes({ code }: Pick<Cause, "code">): boolean {
  return code.startsWith("SCOPE_") || code === "AUTH_USER_REQUIRED";
}
