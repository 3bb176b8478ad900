/**
 * What an answer proves. Between this command and the server may stand a proxy that answers in its place, with a login
 * page or a redirect to one: only what an AgentOS itself answers says anything about a token. Everything else is told
 * as what it is.
 */
import type { MatchedRoute } from "../scopes/route-table.ts";
import type { Answered, AnswerForm } from "./ask.ts";
import { type FindingParts, makeFinding } from "./findings.ts";
import type { Finding } from "./report.ts";

/** `absent`: there is nothing at this path, or no such item; `unclear`: no AgentOS answers like this. */
export type Verdict = "let in" | "absent" | "refused" | "redirected" | "unclear";

/** After its checks an AgentOS answers these, always with `detail` (contract 1.6). */
const BEYOND_AUTHORIZATION = new Set([404, 405, 409, 422]);

/** What the answer of a route proves; `matched` is undefined for a route that is not of the contract. */
export function readVerdict(answer: Answered, matched: MatchedRoute | undefined): Verdict {
  const { status, body, form } = answer;
  if (BEYOND_AUTHORIZATION.has(status))
    return body === undefined || !Object.hasOwn(body, "detail")
      ? "unclear"
      : // Any other server may answer so too: it is no sign that this one has let the request in.
        status === 404 || status === 405
        ? "absent"
        : "let in";
  // A page with this status is a proxy's: an AgentOS says in JSON why it refuses.
  if (status >= 400) return form === "page" ? "unclear" : "refused";
  if (isRedirect(status)) return "redirected";
  return isSuccess(answer, matched) ? "let in" : "unclear";
}

/** 304 leads nowhere: it answers a condition, and none was sent. */
export function isRedirect(status: number): boolean {
  return status >= 300 && status < 400 && status !== 304;
}

function isSuccess({ status, form }: Answered, matched: MatchedRoute | undefined): boolean {
  if (status < 200 || status >= 300) return false;
  // Of the application's own routes only this is known: a page looks like a login page.
  if (matched === undefined) return form !== "page";
  return matched.route.access.rule === "public" || (status === 200 && form === "json");
}

/** The finding for an answer that does not come from the server, or may not. */
export function explainUnclear(
  verdict: Extract<Verdict, "redirected" | "unclear">,
  { status, form }: Answered,
  { seenAt, cli }: { readonly seenAt: string; readonly cli: string },
): Finding {
  const parts: FindingParts =
    verdict === "redirected"
      ? {
          code: "CLI_SERVER_REDIRECTS",
          facts: { status },
          evidence: [
            { fact: "other requests are answered, this one is sent elsewhere", source: "the answer" },
          ],
          level: "error",
          seenAt,
        }
      : {
          code: "CLI_ANSWER_UNKNOWN",
          certainty: "cannot tell",
          evidence: [
            { fact: `it is ${status} with ${FORMS[form]}, as no AgentOS answers here`, source: "the answer" },
          ],
          level: "error",
          seenAt,
        };
  return { ...makeFinding(parts, cli), fix: FIXES[verdict] };
}

const FORMS: Readonly<Record<AnswerForm, string>> = {
  json: "JSON",
  page: "a page for people",
  other: "no JSON",
};

const FIXES = {
  redirected:
    "a login page or proxy before the server answers in its place: let requests with a token pass it, or give the address of the server behind it; where only https is wanted, give the address with https",
  unclear:
    "look for a proxy or login page before the server that answers in its place: let requests with a token pass it, or give the address of the server behind it",
} as const;
