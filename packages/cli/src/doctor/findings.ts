/** Small makers of findings. Every text is of our own catalogue; what a server says is kept apart from it. */
import { type Cause, type Certainty, type Evidence, makeCause } from "@agentos/auth";
import type { ErrorCode, Facts, RenderedFault } from "@agentos/contract";
import { FIX_COMMANDS, placesOf, renderText } from "@agentos/contract";
import type { Context } from "../program/context.ts";
import { showUntrusted } from "../program/terminal.ts";
import type { NotAnswered } from "./ask.ts";
import type { Finding } from "./report.ts";

const LONGEST_WORDS = 300;

export interface FindingParts {
  readonly code: ErrorCode;
  readonly level: Finding["level"];
  readonly seenAt: string;
  readonly certainty?: Certainty;
  readonly facts?: Facts;
  readonly evidence?: readonly Evidence[];
}

/** A finding of a code. */
export function makeFinding(
  { level, seenAt, certainty = "certain", ...parts }: FindingParts,
  cli: string,
): Finding {
  return { ...makeCause({ ...parts, certainty }, cli), level, seenAt: [seenAt] };
}

/** A server that could not be asked. */
export function fromUnanswered(
  { code, facts }: NotAnswered,
  { seenAt, cli }: { readonly seenAt: string; readonly cli: string },
): Finding {
  return makeFinding({ code, facts, level: "error", seenAt }, cli);
}

/** A cause as a finding, with the server's words beside it. */
export function toFinding(
  cause: Cause,
  where: {
    readonly seenAt: string;
    readonly level?: Finding["level"];
    readonly serverSaid?: string | undefined;
    readonly denialId?: string | undefined;
  },
): Finding {
  const { seenAt, level = "error", serverSaid, denialId } = where;
  return {
    ...cause,
    level,
    seenAt: [seenAt],
    ...(serverSaid === undefined ? {} : { serverSaid: quoteServer(serverSaid) }),
    ...(denialId === undefined ? {} : { denialId }),
  };
}

/** A fault of a configuration; its words are rendered already. */
export function fromFault(
  { code, message, fix, at, severity, facts }: RenderedFault,
  source: Evidence["source"],
  { cli }: Context,
): Finding {
  const template = FIX_COMMANDS[code];
  const isPlain =
    template !== undefined && facts["shell"] !== false && placesOf(template).every((name) => name === "cli");
  return {
    code,
    sentence: message,
    certainty: "certain",
    evidence: at === undefined ? [] : [{ fact: `it is in ${at}`, source }],
    fix,
    ...(isPlain ? { command: renderText(template, { cli }) } : {}),
    anchor: `#${code}`,
    level: severity,
    seenAt: [at ?? source],
  };
}

/** The same code seen twice is one finding, seen at two places. */
export function mergeFindings(findings: readonly Finding[]): readonly Finding[] {
  const merged = new Map<string, Finding>();
  for (const finding of findings) {
    // The clocks are the same ones in every answer; how far they are apart is told to the second.
    const key = finding.code === "AUTH_CLOCKS_DIFFER" ? finding.code : `${finding.code}\n${finding.sentence}`;
    const earlier = merged.get(key);
    merged.set(
      key,
      earlier === undefined
        ? finding
        : { ...earlier, seenAt: [...new Set([...earlier.seenAt, ...finding.seenAt])] },
    );
  }
  return [...merged.values()].toSorted((a, b) => (a.level === b.level ? 0 : a.level === "error" ? -1 : 1));
}

/** What a server has said about a refusal: its sentence and, where that says more than our own line, its title. */
export function joinWords(
  { detail, title }: { readonly detail: string | undefined; readonly title: string | undefined },
  sentence: string,
): string | undefined {
  if (detail === undefined || title === undefined || title === sentence) return detail ?? title;
  return `${detail}: ${title}`;
}

/** A remote text: one line, no control characters, not endless. */
export function quoteServer(text: string): string {
  const line = showUntrusted(text.slice(0, LONGEST_WORDS * 2)).replaceAll(/\\u000[ad]/g, " ");
  return line.length > LONGEST_WORDS ? `${line.slice(0, LONGEST_WORDS)}…` : line;
}
