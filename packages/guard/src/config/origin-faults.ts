/**
 * Origins are compared to the letter with what a browser sends; a spelling that no browser sends never matches, and the
 * page that it was meant for is refused without a word.
 */
import { createFault, type Fault } from "@agentos/contract";
import { findEmptiness } from "./empty-value.ts";

/** An origin, and where it was written. */
export interface GivenOrigin {
  readonly at: string;
  readonly origin: string;
}

const LONGEST_SHOWN = 200;

/** Of origins that can never match, each with the spelling that does. */
export function findOriginFaults(given: readonly GivenOrigin[]): readonly Fault[] {
  return given.flatMap(({ at, origin }) => {
    const found = findOriginProblem(origin);
    if (found === undefined) return [];
    const { problem, write } = found;
    const suggestion = write === undefined ? suggestFor(origin, at) : `write "${write}"`;
    return [
      createFault({
        code: "CONFIG_ORIGIN_INVALID",
        at,
        facts: {
          origin: showOrigin(origin),
          problem,
          suggestion,
        },
        // The contract ignores it in the variable; nobody is let in by it, so it stops nothing.
        ...(origin === "*" && at === "CORS_ORIGIN_LIST" ? { severity: "warning" } : {}),
      }),
    ];
  });
}

/** What to do where nothing that was written can be kept. */
function suggestFor(origin: string, at: string): string {
  const name = "name each origin as the address bar of the browser has it";
  if (origin !== "*") return `${name}, such as "http://localhost:3000"`;
  return at === "CORS_ORIGIN_LIST" ? `${name}, or \`unset CORS_ORIGIN_LIST\`` : `${name}, or remove it`;
}

/** Why it can never match, and what to write; undefined for one that can. */
function findOriginProblem(
  origin: string,
): { readonly problem: string; readonly write?: string } | undefined {
  const emptiness = findEmptiness(origin);
  if (emptiness !== undefined) return { problem: `is ${emptiness}` };
  if (origin === "*")
    return { problem: "stands for every page and is not accepted: name each page's origin" };
  const trimmed = origin.trim();
  if (!trimmed.includes("://")) {
    const isHost = /^[\w.-]+(?::\d{1,5})?\/?$/.test(trimmed);
    const scheme = /^(?:localhost|127\.0\.0\.1)\b/.test(trimmed) ? "http" : "https";
    const host = trimmed.replace(/\/$/, "").toLowerCase();
    return {
      problem: "can never match: a browser puts the scheme in front of it",
      ...(isHost ? { write: `${scheme}://${host}` } : {}),
    };
  }
  const spelled = spellOrigin(trimmed);
  if (spelled === undefined) return { problem: "can never match: it is no http or https address" };
  return spelled === origin
    ? undefined
    : { problem: `can never match: ${describeRest(origin, spelled)}`, write: spelled };
}

/** What it has beyond the origin that a browser sends. */
function describeRest(origin: string, spelled: string): string {
  if (origin !== origin.trim()) return "it has white space around it";
  if (origin.includes("@")) return "it has a user name in it";
  if (origin === `${spelled}/`) return "it ends with a slash";
  if (origin.toLowerCase() === `${spelled}/`) return "it has capital letters and ends with a slash";
  if (origin.toLowerCase().startsWith(`${spelled}/`)) return "it has a path";
  if (origin.startsWith(`${spelled}?`) || origin.startsWith(`${spelled}#`))
    return "it has more behind the host";
  if (origin.toLowerCase() === spelled) return "it has capital letters";
  if (/:(?:80|443)\/?$/.test(origin)) return "it names the port that a browser leaves out";
  return "a browser spells it otherwise";
}

/** A user name, a password or a query is nobody's business. */
function showOrigin(origin: string): string {
  return (/[@?#]/.test(origin) ? (spellOrigin(origin.trim()) ?? "…") : origin).slice(0, LONGEST_SHOWN);
}

function spellOrigin(origin: string): string | undefined {
  if (!/^https?:\/\//i.test(origin) || !URL.canParse(origin)) return undefined;
  const { origin: spelled } = new URL(origin);
  return spelled === "null" || spelled.includes("*") ? undefined : spelled;
}
