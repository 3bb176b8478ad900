/**
 * Fetches key sets and discovery documents. Whoever can change what is fetched can sign tokens, so: https or this
 * machine only, no redirects, no credentials, a time limit for the whole answer, and no byte beyond the size limit.
 * The size is counted after decompression, while it streams, so that a small body cannot grow large in memory.
 */
import {
  type DocumentName,
  decodeText,
  type FetchDocument,
  type FetchFaultCode,
  fail,
  MAX_JWKS_CHARACTERS,
  ok,
  parseKeyUrl,
} from "@agentos/auth";
import { createFault, type Fault } from "@agentos/contract";
import { describeConnectionFault } from "./describe-connection-fault.ts";

export interface FetchDocumentOptions {
  /** For the whole answer, in milliseconds. Default 5000. */
  readonly timeoutMs?: number | undefined;
  /** Default: the limit of a key set. */
  readonly maxBytes?: number | undefined;
}

/** Creates the port; nothing of a body is ever logged or put into a fault. */
export function createFetchDocument(options: FetchDocumentOptions = {}): FetchDocument {
  const { timeoutMs = 5_000, maxBytes = MAX_JWKS_CHARACTERS } = options;
  return async (url, { etag, name }) => {
    const address = parseKeyUrl(url);
    if (!address.ok)
      return fail(
        createFault({
          code: "KEY_URL_REFUSED",
          facts: { ...name, problem: address.fault, suggestion: suggestForUrl(url) },
        }),
      );
    try {
      const response = await fetch(address.value, {
        redirect: "manual",
        credentials: "omit",
        signal: AbortSignal.timeout(timeoutMs),
        headers: {
          accept: "application/jwk-set+json, application/json;q=0.9",
          // The answer is small, and what is not compressed cannot be a bomb.
          "accept-encoding": "identity",
          ...(etag === undefined ? {} : { "if-none-match": etag }),
        },
      });
      const refused = findResponseFault(response, name);
      if (refused !== undefined || response.status === 304) await response.body?.cancel();
      if (refused !== undefined) return fail(refused);
      if (response.status === 304) return ok({ kind: "not-modified", ...freshnessOf(response) });
      const bytes = await readBounded(response, maxBytes);
      if (bytes === undefined)
        return fail(createFault({ code: "KEY_SOURCE_TOO_LARGE", facts: { ...name, limit: maxBytes } }));
      const text = decodeText(bytes);
      if (!text.ok)
        return fail(createFault({ code: "KEY_SOURCE_NO_TEXT", facts: { ...name, found: text.fault } }));
      return ok({
        kind: "document",
        text: text.value,
        etag: response.headers.get("etag") ?? undefined,
        ...freshnessOf(response),
      });
    } catch (cause) {
      return fail(createConnectionFault(cause, { timeoutMs, name }));
    }
  };
}

function findResponseFault(
  { status, headers }: Response,
  name: DocumentName,
): Fault<FetchFaultCode> | undefined {
  if (status === 304) return undefined;
  if (status >= 300 && status < 400)
    return createFault({ code: "KEY_SOURCE_REDIRECT", facts: { ...name, status } });
  if (status !== 200) {
    const suggestion = suggestForStatus(status, name);
    const facts = { ...name, status, ...(suggestion === undefined ? {} : { suggestion }) };
    return createFault({ code: "KEY_SOURCE_STATUS", facts });
  }
  // Some issuers serve their keys as plain text or bytes; a web page is what a wrong address gives.
  const isWebPage = /^\s*(?:text\/html|application\/xhtml\+xml)\b/i.test(headers.get("content-type") ?? "");
  return isWebPage ? createFault({ code: "KEY_SOURCE_WEB_PAGE", facts: { ...name } }) : undefined;
}

/** What to do about a status that says it; about a wrong address the catalogue does. */
function suggestForStatus(status: number, { document }: DocumentName): string | undefined {
  if (status === 401 || status === 403)
    return "give an address that needs no sign-in, or open this one to everybody";
  if (status === 429) return "let the issuer answer this machine every few minutes, then start again";
  if (status >= 500) return "look into the log of the server there, which fails by itself";
  return document === "discovery document"
    ? 'correct "issuer": the address that is asked is the issuer followed by "/.well-known/openid-configuration", and it must show JSON without a sign-in'
    : undefined;
}

/** What to change in an address that keys may not be fetched from. */
function suggestForUrl(text: string): string {
  if (!URL.canParse(text)) return 'write it in full, with "https:", host and path';
  const url = new URL(text);
  if (url.username !== "" || url.password !== "") return "remove user name and password from it";
  return url.protocol === "http:"
    ? "use https; http is accepted only for a server on this machine, as localhost, 127.0.0.1 or [::1]"
    : 'let it begin with "https:"';
}

function freshnessOf({ headers }: Response): { cacheControl?: string; ageSeconds?: number } {
  const cacheControl = headers.get("cache-control");
  const age = headers.get("age");
  return {
    ...(cacheControl === null ? {} : { cacheControl }),
    ...(age !== null && /^\d{1,10}$/.test(age) ? { ageSeconds: Number(age) } : {}),
  };
}

/** Undefined when there is more than allowed; the rest is then not read. */
async function readBounded({ body }: Response, maxBytes: number): Promise<Uint8Array | undefined> {
  if (body === null) return new Uint8Array();
  const stream: AsyncIterable<Uint8Array> = body;
  const chunks: Uint8Array[] = [];
  let length = 0;
  // Leaving the loop cancels the stream, and with it the connection.
  for await (const chunk of stream) {
    length += chunk.length;
    if (length > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** What went wrong, by its code: texts of the libraries below may hold addresses. */
function createConnectionFault(
  cause: unknown,
  { timeoutMs, name }: { readonly timeoutMs: number; readonly name: DocumentName },
): Fault<FetchFaultCode> {
  const timeout = createFault({ code: "KEY_SOURCE_TIMEOUT", facts: { ...name, seconds: timeoutMs / 1_000 } });
  if (cause instanceof DOMException && cause.name === "TimeoutError") return timeout;
  const { kind, reason, fix } = describeConnectionFault(cause);
  if (kind === "timeout") return timeout;
  const facts = { ...name, reason, ...(fix === undefined ? {} : { suggestion: fix }) };
  return createFault({ code: "KEY_SOURCE_UNREACHABLE", facts });
}
