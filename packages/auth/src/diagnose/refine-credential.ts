/** The credential is of another kind than the server wants: which, and which switch decides it. */
import { type ErrorCode, FIRST_VERSION_WITH_JWT } from "@agentos/contract";
import type { Evidence, KnownServer } from "./diagnosis.ts";
import type { CauseParts } from "./make-cause.ts";

export type CredentialKind =
  | "none"
  | "jwt"
  | "service account token"
  | "header with another form"
  | "security key or other text";

/** What a credential is, by its form alone. */
export function classifyCredential(credential: string | undefined): CredentialKind {
  const text = credential?.trim() ?? "";
  if (text === "") return "none";
  if (text.startsWith("agno_pat_")) return "service account token";
  if (/^["'`]?eyJ/.test(text) || /^[\w-]+\.[\w-]+\.[\w-]*$/.test(text)) return "jwt";
  return /^(bearer|basic|digest|token)\b/i.test(text)
    ? "header with another form"
    : "security key or other text";
}

/** Causes that lie in the kind of credential, given the server's mode and version. */
export function refineCredential(
  kind: CredentialKind,
  server: KnownServer | undefined,
): readonly CauseParts[] {
  if (server === undefined) return [];
  const { mode, version, source } = server;
  const shown: Evidence[] = [
    ...(mode === undefined ? [] : [{ fact: `the server's mode is ${mode}`, source }]),
    { fact: `the credential looks like: ${kind}`, source: "the command line" },
  ];
  if (kind === "jwt" && version !== undefined && isOlder(version, FIRST_VERSION_WITH_JWT)) {
    const facts = { version, first_version: FIRST_VERSION_WITH_JWT };
    const fact = { fact: `the server's version is ${version}`, source };
    return [
      {
        code: "AUTH_SERVER_TOO_OLD",
        certainty: mode === "jwt" ? "likely" : "certain",
        facts,
        evidence: [fact],
      },
    ];
  }
  if (kind === "jwt" && mode === "security_key")
    return [{ code: "AUTH_TOKEN_NOT_ACCEPTED", certainty: "certain", evidence: shown }];
  if (kind === "security key or other text" && mode === "jwt") {
    const code: ErrorCode =
      server.hasSecurityKey === true ? "AUTH_SECURITY_KEY_WITH_JWT" : "AUTH_SECURITY_KEY_NOT_ACCEPTED";
    return [{ code, certainty: server.hasSecurityKey === true ? "certain" : "likely", evidence: shown }];
  }
  return [];
}

/** Compares versions by their numbers; what has none is not older. */
export function isOlder(version: string, than: string): boolean {
  const numbers = (text: string) => /\d+(\.\d+)*/.exec(text)?.[0].split(".").map(Number);
  const [a, b] = [numbers(version), numbers(than)];
  if (a === undefined || b === undefined) return false;
  for (let index = 0; index < Math.max(a.length, b.length); index += 1) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
