/** The report for a person in a hurry: what is there, what is wrong, why we think so, and what to do. */
import type { Context } from "../program/context.ts";
import { type Style, showUntrusted, type Terminal } from "../program/terminal.ts";
import type { ComparedRow } from "./compare.ts";
import type { Check, Examined, Finding } from "./report.ts";

const WIDTH = 100;
const MARKS: Readonly<Record<Check["outcome"], readonly [Style, string]>> = {
  ok: ["green", "✓"],
  failed: ["red", "✗"],
  unknown: ["yellow", "?"],
};

export interface Report {
  readonly examined: readonly Examined[];
  readonly comparison: readonly ComparedRow[];
  /** What the token looks like; never the token. */
  readonly credential: string;
  /** What was changed about what was given; words of our own. */
  readonly notes: readonly string[];
  readonly hasToken: boolean;
}

export function printReport(
  { examined, comparison, credential, notes, hasToken }: Report,
  { terminal, cli }: Context,
): void {
  const { print, paint } = terminal;
  for (const [index, place] of examined.entries()) {
    if (index > 0) print();
    print(`${paint("bold", showUntrusted(place.name))}  ${paint("dim", showUntrusted(place.summary))}`);
    const width = Math.max(0, ...place.checks.map(({ name }) => name.length));
    for (const { name, outcome, text } of place.checks) {
      const [style, mark] = MARKS[outcome];
      print(`  ${paint(style, mark)} ${showUntrusted(name).padEnd(width)}  ${showUntrusted(text)}`);
    }
    for (const finding of place.findings) printFinding(finding, terminal);
    if (place.findings.some(({ level }) => level === "error")) printTokenRows(place.tokenRows, terminal);
  }
  if (comparison.length > 0) printComparison(examined, comparison, terminal);
  print();
  printVerdict({ examined, hasToken, credential }, terminal, cli);
  for (const note of notes) printWrapped(`${paint("yellow", "note ")}    `, note, { print, indent: 9 });
}

function printFinding(finding: Finding, { print, paint }: Terminal): void {
  const isError = finding.level === "error";
  const sure = finding.certainty === "certain" ? "" : `${finding.certainty}: `;
  print();
  const head = `${paint(isError ? "red" : "yellow", isError ? "cause" : "note ")}    `;
  printWrapped(head, `${sure}${finding.sentence}`, {
    print,
    indent: 9,
    style: (text) => paint("bold", text),
  });
  for (const [index, { fact, source }] of finding.evidence.entries())
    printWrapped(`  ${index === 0 ? "why    " : "       "}`, `${fact} (${source})`, { print, indent: 9 });
  if (finding.serverSaid !== undefined)
    printWrapped("  said   ", `"${finding.serverSaid}" (the server's own words)`, { print, indent: 9 });
  printWrapped(`  ${paint("green", "fix")}    `, finding.fix, { print, indent: 9 });
  if (finding.command !== undefined)
    print(`         ${paint("cyan", `$ ${showUntrusted(finding.command)}`)}`);
  if (finding.denialId !== undefined)
    print(
      paint(
        "dim",
        `  record ${finding.denialId}: the operator finds what was expected and got under this id`,
      ),
    );
  printWrapped(paint("dim", "  code   "), `${finding.code}, seen at ${finding.seenAt.join(", ")}`, {
    print,
    indent: 9,
    style: (text) => paint("dim", text),
  });
}

/** Expected and found, side by side; what a token says is anybody's word until its signature holds. */
function printTokenRows(rows: Examined["tokenRows"], { print, paint }: Terminal): void {
  if (rows.length === 0) return;
  const shown = rows.map(({ what, token, expected, outcome }) => ({
    what: showUntrusted(what),
    token: showUntrusted(token),
    expected: showUntrusted(expected ?? "not told"),
    outcome,
  }));
  const width = (column: "what" | "token") =>
    Math.min(48, Math.max(...shown.map((row) => row[column].length)));
  print();
  print(paint("dim", "  the token (unverified) beside what is expected of it"));
  for (const { what, token, expected, outcome } of shown) {
    const [style, mark] = MARKS[outcome === "fits" ? "ok" : outcome === "differs" ? "failed" : "unknown"];
    print(
      `  ${paint(style, mark)} ${what.padEnd(width("what"))}  ${token.padEnd(width("token"))}  ${expected}`,
    );
  }
}

/** A paragraph with a hanging indent. */
function printWrapped(
  head: string,
  text: string,
  options: {
    readonly print: Terminal["print"];
    readonly indent: number;
    readonly style?: (text: string) => string;
  },
): void {
  const { print, indent, style = (line) => line } = options;
  const lines: string[] = [];
  let line = "";
  for (const word of showUntrusted(text).split(" ")) {
    if (line !== "" && line.length + word.length + 1 > WIDTH - indent) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  lines.push(line);
  const pad = " ".repeat(indent);
  for (const [index, part] of lines.entries()) print(`${index === 0 ? head : pad}${style(part)}`);
}

function printComparison(
  [a, b]: readonly Examined[],
  rows: readonly ComparedRow[],
  { print, paint }: Terminal,
): void {
  if (a === undefined || b === undefined) return;
  const left = Math.min(40, Math.max(a.name.length, ...rows.map(({ values }) => values[0].length)));
  print();
  print(
    `${paint("bold", "compared".padEnd(24))}${showUntrusted(a.name).padEnd(left)}  ${showUntrusted(b.name)}`,
  );
  for (const { trait, values, outcome } of rows) {
    const style = outcome === "differs" ? "red" : outcome === "same" ? "green" : "yellow";
    const mark = outcome === "differs" ? "≠" : outcome === "same" ? "=" : "?";
    const [first, second] = values.map(showUntrusted);
    print(`  ${paint(style, mark)} ${trait.padEnd(20)}${(first ?? "").padEnd(left)}  ${second ?? ""}`);
  }
}

function printVerdict(
  { examined, hasToken, credential }: Pick<Report, "examined" | "hasToken" | "credential">,
  { print, paint }: Terminal,
  cli: string,
): void {
  const findings = examined.flatMap((place) => place.findings);
  const errors = findings.filter(({ level }) => level === "error").length;
  if (errors === 0) {
    const open = examined.find(({ isAccepted }) => !isAccepted);
    const opensNothing = open?.opensNothing;
    const isStartOnly = !hasToken && (open?.kind === "config" || open?.kind === "environment");
    if (open === undefined)
      print(
        paint(
          "green",
          examined.some(({ isTokenChecked }) => isTokenChecked)
            ? "accepted: the server let the token in"
            : "open to everybody: no token is needed",
        ),
      );
    else if (opensNothing !== undefined) print(paint("yellow", showUntrusted(opensNothing)));
    else if (isStartOnly)
      print(
        paint("green", "it starts, if its database can be used; whether a token is accepted was not asked"),
      );
    else print(paint("yellow", `cannot tell: ${open.openQuestion ?? "nothing was asked with the token"}`));
  } else {
    const opensNothing = examined.find((place) => place.opensNothing !== undefined)?.opensNothing;
    if (opensNothing !== undefined) print(paint("yellow", showUntrusted(opensNothing)));
    const certain = findings.filter(
      ({ level, certainty }) => level === "error" && certainty === "certain",
    ).length;
    print(
      paint(
        "red",
        errors === 1
          ? `1 ${certain === 1 ? "cause" : "likely cause"}, with its fix above`
          : `${errors} causes (${certain} certain), each with its fix above`,
      ),
    );
  }
  if (!hasToken) print(paint("dim", `to check a token: ${cli} doctor … --token - (or env:NAME, file:PATH)`));
  else {
    const isSent = examined.some(({ kind }) => kind === "url" || kind === "denial");
    const where = isSent ? "is sent to the given address only" : "was judged here and sent nowhere";
    print(paint("dim", `the credential ${credential}; it ${where}, and is never printed`));
  }
}
