/** Finds the one credential of a request (contract 1.5; RFC 6750 section 2). Tokens in URLs are never read. */
import type { Facts, RefusalCode } from "@agentos/contract";
import { ok, type Result, refuse } from "../outcome/result.ts";
import type { RequestFacts } from "./request-facts.ts";

/** Where a token is looked for (contract 1.5); with "both" the header wins. */
export type TokenSource = "header" | "cookie" | "both";

export interface ExtractionOptions {
  readonly source: TokenSource;
  /** Header that carries the token. */
  readonly headerName: string;
  readonly cookieName: string;
  /** Refusal when there is no credential. */
  readonly missing: RefusalCode;
}

export interface Credential {
  readonly value: string;
  readonly via: "header" | "cookie";
}

const FOREIGN_SCHEME = /^(basic|digest|negotiate|ntlm|dpop|apikey|token|aws4-hmac-sha256)(\s|$)/i;

const BEARER = /^bearer(?:\s+|$)/i;

/** The credential, or why there is none. */
export function extractCredential(request: RequestFacts, options: ExtractionOptions): Result<Credential> {
  if (options.source !== "cookie") {
    const value = readHeader(request.header(options.headerName.toLowerCase()));
    if (value !== undefined) {
      if (FOREIGN_SCHEME.test(value)) return refuse("AUTH_SCHEME_UNSUPPORTED");
      return BEARER.test(value) ? refuse("AUTH_SCHEME_REPEATED") : ok({ value, via: "header" });
    }
  }
  if (options.source !== "header") {
    const values = readCookies(request.header("cookie"), options.cookieName);
    const [value] = values;
    // Two cookies of one name: one of them was planted from a sibling domain or path, and nobody can tell which.
    if (values.length > 1) return refuse("AUTH_CREDENTIAL_REPEATED");
    if (value !== undefined && value !== "") return ok({ value, via: "cookie" });
  }
  const facts: Facts = { cookie_name: options.cookieName, header_name: options.headerName };
  return refuse(options.missing, facts);
}

/** A bare value without a scheme counts as the token itself; "Bearer" alone counts as none. */
function readHeader(header: string | null): string | undefined {
  const value = header?.trim() ?? "";
  // Looks at the start only: every request with a token pays for this.
  const scheme = BEARER.exec(value)?.[0] ?? "";
  return value.length === scheme.length ? undefined : value.slice(scheme.length);
}

function readCookies(header: string | null, name: string): readonly string[] {
  if (header?.includes(name) !== true) return [];
  // Pairs are not taken apart one by one: a header may hold a hundred thousand of them.
  const escaped = name.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const pattern = new RegExp(`(?:^|;)\\s*${escaped}\\s*=([^;]*)`, "g");
  return Array.from(header.matchAll(pattern), ([, value = ""]) => value.trim());
}
