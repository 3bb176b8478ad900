/** An inspected token for a person or a machine. Its content is not verified and never trusted, printing included. */
import { type CheckedToken, findScopesClaims, readScopes } from "@agentos/auth";
import type { Context } from "../program/context.ts";
import { showUntrusted } from "../program/terminal.ts";
import { formatMoment } from "../text/duration.ts";
import { formatJson } from "../text/format-json.ts";
import { describeUnknownScope } from "../text/scope-names.ts";
import type { DecodedToken } from "./decode-token.ts";

export interface Inspection {
  readonly decoded: DecodedToken;
  readonly findings: Pick<CheckedToken, "signature" | "keyLabel">;
  readonly objections: readonly {
    readonly code: string;
    readonly stage: string;
    readonly status: number;
    readonly title: string;
    readonly fix: string;
  }[];
  /** Seconds since 1970. */
  readonly now: number;
  readonly checksAudience: boolean;
}

const LONGEST_VALUE = 4_000;
const TIMES = new Set(["exp", "nbf", "iat", "auth_time"]);

export function toJson({ decoded, findings, objections, checksAudience }: Inspection, { cli }: Context) {
  return {
    unverified_header: decoded.unverifiedHeader ?? null,
    unverified_claims: decoded.unverifiedClaims ?? null,
    signature: findings.signature,
    key: findings.keyLabel ?? null,
    audience_checked: checksAudience,
    // Null: what was not checked may still be refused.
    accepted:
      objections.length === 0 ? (findings.signature === "verified" && checksAudience ? true : null) : false,
    objections,
    notes: scopeNotes(decoded, cli),
  };
}

export function printInspection(inspection: Inspection, { terminal, cli }: Context): void {
  const { decoded, findings, objections, now } = inspection;
  const { print, paint } = terminal;
  const trust = findings.signature === "verified" ? "" : ` ${paint("dim", "(not verified)")}`;
  print(`${paint("bold", "header")}${trust}`);
  printMembers(decoded.unverifiedHeader, now, terminal);
  print(`${paint("bold", "claims")}${trust}`);
  printMembers(decoded.unverifiedClaims, now, terminal);
  print();
  print(`signature   ${describeSignature(inspection)}`);
  if (!inspection.checksAudience)
    print("audience    not checked: give the id of the AgentOS with --audience");
  for (const note of scopeNotes(decoded, cli)) print(`${paint("yellow", "note")}        ${note}`);
  print();
  if (objections.length === 0) {
    print(
      paint(
        "green",
        findings.signature !== "verified"
          ? "no objection found; without a key nobody can tell whether the signature holds"
          : inspection.checksAudience
            ? "no objection: a server with this key and these settings accepts it"
            : "no objection so far; a server also checks the audience: give --audience to know whether it accepts it",
      ),
    );
    return;
  }
  print(
    paint(
      "red",
      objections.length === 1
        ? "refused:"
        : `refused, for ${objections.length} reasons (a server names the first):`,
    ),
  );
  for (const { code, status, title, fix } of objections) {
    print(`  - ${showUntrusted(title)} ${paint("dim", `[${status} ${code}]`)}`);
    print(`    fix: ${showUntrusted(fix)}`);
  }
}

function describeSignature({ findings }: Inspection): string {
  if (findings.signature === "not checked")
    return "not checked: give the public key with --key or --jwks-file";
  if (findings.signature === "refused") return "not verified";
  return findings.keyLabel === undefined
    ? "holds"
    : `holds, verified with ${showUntrusted(findings.keyLabel)}`;
}

function printMembers(
  members: Readonly<Record<string, unknown>> | undefined,
  now: number,
  { print, paint }: Context["terminal"],
): void {
  if (members === undefined) {
    print("  (cannot be decoded)");
    return;
  }
  const width = Math.min(20, Math.max(0, ...Object.keys(members).map((name) => name.length)));
  for (const [name, value] of Object.entries(members)) {
    const time =
      TIMES.has(name) && typeof value === "number" ? `  ${paint("dim", formatMoment(value, now))}` : "";
    print(`  ${paint("cyan", showUntrusted(name).padEnd(width))}  ${showValue(value)}${time}`);
  }
}

/** As JSON in one line. Whoever wrote the token decides how long and how deeply nested it is. */
function showValue(value: unknown): string {
  const text = formatJson(value, { isOneLine: true });
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}…` : text;
}

function scopeNotes({ unverifiedClaims }: DecodedToken, cli: string): readonly string[] {
  if (unverifiedClaims === undefined) return [];
  if (findScopesClaims(unverifiedClaims, undefined).length === 0) return ["the token has no scopes"];
  return readScopes(unverifiedClaims, undefined)
    .flatMap((scope) => describeUnknownScope(scope, cli) ?? [])
    .map(showUntrusted);
}
