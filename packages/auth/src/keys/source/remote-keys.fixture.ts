/** A scripted issuer behind the port, on a clock that stands still: every answer is what the test says. */

import { createFault, type Fault } from "@agentos/contract";
import { createTestClock, createTestKey, type TestKey } from "@agentos/testkit";
import { fail, ok, type Result } from "../../outcome/result.ts";
import type { FetchDocument, FetchedDocument, FetchFaultCode } from "./fetch-document.ts";
import { createRemoteKeySource, type RemoteKeySourceOptions } from "./remote-key-source.ts";

export const JWKS_URL = "https://issuer.test/jwks";
export const ISSUER = "https://issuer.test";
export const DISCOVERY = `${ISSUER}/.well-known/openid-configuration`;

export type Step = Result<FetchedDocument, Fault<FetchFaultCode>> | "hang" | "reject";

export const failed = (code: FetchFaultCode = "KEY_SOURCE_TIMEOUT"): Step =>
  fail(createFault({ code, facts: { seconds: 5, document: "key set", host: "issuer.test" } }));

export const notModified = (cacheControl?: string): Step => ok({ kind: "not-modified", cacheControl });

export function keySet(
  keys: readonly TestKey[],
  headers: { readonly etag?: string; readonly cacheControl?: string; readonly ageSeconds?: number } = {},
): Step {
  return ok({ kind: "document", text: JSON.stringify({ keys: keys.map(({ jwk }) => jwk) }), ...headers });
}

export const discovery = (document: object = { issuer: ISSUER, jwks_uri: JWKS_URL }): Step =>
  ok({ kind: "document", text: JSON.stringify(document) });

/** The port: answers by address, and keeps what was asked. */
function createScriptedIssuer(answers: Record<string, Step>) {
  const calls: { readonly url: string; readonly etag: string | undefined }[] = [];
  const waiting: (() => void)[] = [];
  const fetchDocument: FetchDocument = async (url, { etag }) => {
    calls.push({ url, etag });
    const answer = () => {
      const step = answers[url] ?? failed("KEY_SOURCE_STATUS");
      if (step === "reject" || step === "hang") throw new Error(`secret detail of ${url}`);
      return step;
    };
    if (answers[url] === "hang") await new Promise<void>((resolve) => waiting.push(resolve));
    return answer();
  };
  return {
    answers,
    calls,
    fetchDocument,
    /** Lets every fetch that hangs go on, with the answer of this moment. */
    release() {
      for (const go of waiting.splice(0)) go();
    },
  };
}

/** A source with one key, `k1`, unless told otherwise. */
export async function setUpRemoteKeys(
  options: Partial<RemoteKeySourceOptions> & { readonly answers?: Record<string, Step> } = {},
) {
  const key = await createTestKey("ES256", { kid: "k1" });
  const clock = createTestClock();
  const issuer = createScriptedIssuer(options.answers ?? { [JWKS_URL]: keySet([key], { etag: '"1"' }) });
  const result = await createRemoteKeySource({
    location: { jwksUrl: JWKS_URL },
    source: "jwksUrl",
    fetchDocument: issuer.fetchDocument,
    now: clock.now,
    ...options,
  });
  const source = result.keySource;
  return {
    key,
    clock,
    issuer,
    result,
    codes: () => result.faults.map(({ code }) => code),
    /** Throws where the first look failed. */
    get source() {
      if (source === undefined) throw new Error("there is no source");
      return source;
    },
    /** Fetches so far, those included that a call began just now. */
    async count() {
      for (let turn = 0; turn < 3; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
      return issuer.calls.length;
    },
    kids: () => source?.current().keys.map(({ kid }) => kid),
  };
}

/** Lets everything run that waits for nothing but its turn; parsing a key takes several. */
export async function settle(isDone: () => boolean): Promise<void> {
  for (let turn = 0; turn < 1_000 && !isDone(); turn++)
    await new Promise<void>((resolve) => setImmediate(resolve));
}
