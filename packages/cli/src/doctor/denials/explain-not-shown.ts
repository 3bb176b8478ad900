/** Why a server does not show recorded refusals. */
import { diagnose } from "@agentos/auth";
import type { Context } from "../../program/context.ts";
import { fromUnanswered, makeFinding, toFinding } from "../findings.ts";
import { readText } from "../read-body.ts";
import { explainUnclear, readVerdict } from "../read-verdict.ts";
import type { Finding } from "../report.ts";
import type { DenialAnswer, DenialServer } from "./ask-denials.ts";

/** The findings; `seenAt` is the request. */
export function explainNotShown(
  answer: Exclude<DenialAnswer<unknown>, { readonly kind: "found" }>,
  {
    seenAt,
    server: { token },
    context: { cli, now },
  }: { readonly seenAt: string; readonly server: DenialServer; readonly context: Context },
): readonly Finding[] {
  if (answer.kind === "unknown id")
    return [makeFinding({ code: "CLI_DENIAL_UNKNOWN", level: "error", seenAt }, cli)];
  if (answer.kind === "not supported")
    return [makeFinding({ code: "CLI_DENIALS_NOT_SERVED", level: "error", seenAt }, cli)];
  const { asked } = answer;
  if (asked.kind === "fault") return [fromUnanswered(asked, { seenAt, cli })];
  if (asked.kind === "not sendable")
    return diagnose({ credential: token, now: now(), cli }).map((cause) => toFinding(cause, { seenAt }));
  const verdict = readVerdict(asked, undefined);
  if (verdict !== "refused")
    return [explainUnclear(verdict === "redirected" ? verdict : "unclear", asked, { seenAt, cli })];
  const detail = readText(asked, "detail");
  const causes = diagnose({
    answer: {
      status: asked.status,
      code: readText(asked, "code"),
      title: readText(asked, "title"),
      detail,
      fix: readText(asked, "fix"),
      serverTime: asked.serverTime,
    },
    credential: token,
    now: now(),
    cli,
  });
  return causes.map((cause) => toFinding(cause, { seenAt, serverSaid: detail }));
}
