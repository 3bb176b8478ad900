/** The credential is of another kind than the server wants: which, and which switch decides it. */
import { type ErrorCode, FIRST_VERSION_WITH_JWT, SERVICE_ACCOUNT_TOKEN_PREFIX } from "@agentos/contract";
import { findScheme } from "../request/scheme.ts";
import type { DiagnosisInput, Evidence } from "./diagnosis.ts";
import type { CauseParts } from "./make-cause.ts";

/** What a credential looks like. Nothing is verified to tell. */
export type CredentialKind =
  | "none"
  | "jwt"
  | "service account token"
  | "header with another form"
  | "header with the scheme twice"
  | "security key or other text";

/** What a credential is, by its form alone. */
export function classifyCredential(credential: string | undefined): CredentialKind {
  const text = credential?.trim() ?? "";
  if (text === "") return "none";
  if (text.startsWith(SERVICE_ACCOUNT_TOKEN_PREFIX)) return "service account token";
  // A JSON object in base64url begins so; an encrypted token has four dots.
  if (/^["'`“”‘’]?ey[JAo]/.test(text) || /^[\w-]+(?:\.[\w-]*){2,4}$/.test(text)) return "jwt";
  const scheme = findScheme(text);
  if (scheme === undefined) return "security key or other text";
  return scheme === "Bearer" && /\s/.test(text) ? "header with the scheme twice" : "header with another form";
}

/** Causes that lie in the kind of credential, given the server's mode and version. */
export function refineCredential(
  kind: CredentialKind,
  { credential, server }: Pick<DiagnosisInput, "credential" | "server">,
): readonly CauseParts[] {
  const looks: Evidence = {
    fact: `the credential looks like: ${kind === "jwt" ? "a JWT" : kind}`,
    source: "the command line",
  };
  if (kind === "header with another form") {
    // One of a fixed list of words: `findScheme` knows no other.
    const scheme = /^[\w-]+/.exec(credential?.trim() ?? "")?.[0] ?? "";
    const begins: Evidence = { fact: `it begins with the word "${scheme}"`, source: "the command line" };
    return [{ code: "AUTH_HEADER_MALFORMED", certainty: "certain", facts: { scheme }, evidence: [begins] }];
  }
  if (kind === "header with the scheme twice")
    return [{ code: "AUTH_SCHEME_REPEATED", certainty: "certain", evidence: [looks] }];
  if (server === undefined) return [];
  const { version, source, policy } = server;
  const { mode } = policy;
  const shown: Evidence[] = [
    ...(mode === undefined ? [] : [{ fact: `the server's mode is ${mode}`, source }]),
    looks,
  ];
  if (kind === "jwt" && version !== undefined && isOlder(version, FIRST_VERSION_WITH_JWT)) {
    const facts = { version: version.slice(0, 40), first_version: FIRST_VERSION_WITH_JWT };
    const fact = { fact: `the server's version is ${version.slice(0, 40)}`, source };
    const certainty = mode === "jwt" ? "likely" : "certain";
    return [{ code: "AUTH_SERVER_TOO_OLD", certainty, facts, evidence: [fact] }];
  }
  if (kind === "jwt" && mode === "security_key" && server.lacksInfo === true) {
    const facts = { version: "(not told)", first_version: FIRST_VERSION_WITH_JWT };
    const fact: Evidence = { fact: "the server has no GET /info, as old versions", source: "GET /info" };
    return [
      { code: "AUTH_SERVER_TOO_OLD", certainty: "likely", facts, evidence: [fact, ...shown] },
      { code: "AUTH_TOKEN_NOT_ACCEPTED", certainty: "likely", evidence: shown },
    ];
  }
  if (kind === "jwt" && mode === "security_key")
    return [{ code: "AUTH_TOKEN_NOT_ACCEPTED", certainty: "certain", evidence: shown }];
  if (kind === "security key or other text" && mode === "jwt") {
    const isBoth = policy.hasSecurityKey === true;
    const code: ErrorCode = isBoth ? "AUTH_SECURITY_KEY_WITH_JWT" : "AUTH_SECURITY_KEY_NOT_ACCEPTED";
    const both: readonly Evidence[] = isBoth
      ? [{ fact: "a security key is configured beside the keys for JWTs", source }]
      : [];
    return [{ code, certainty: isBoth ? "certain" : "likely", evidence: [...both, ...shown] }];
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
