/** What a request asks for, as a hash: who sends the same again with the same key gets the same run. */
import { createHash } from "node:crypto";
import { fail, ok, type Result } from "@agentos/auth";
import { type InputFault, inputFault, invalidFields, valueIssue } from "@agentos/guard/app";
import type { RunForm } from "./run-form.ts";
import type { Component } from "./store.ts";

/** Longest key, UTF-16 units. */
export const MAX_IDEMPOTENCY_KEY_LENGTH = 255;

export function hashRequest({ kind, id }: Component, form: RunForm): string {
  const { message, stream, background, sessionId, userId, sessionState, dependencies, metadata } = form;
  const hash = createHash("sha256");
  hash.update(
    JSON.stringify([
      kind,
      id,
      message,
      stream,
      background,
      sessionId,
      userId,
      sessionState,
      dependencies,
      metadata,
    ]),
  );
  // Ids of media may be made up by the server: the same file is another one each time.
  for (const { kind: mediaKind, mimeType, filename, source } of form.media) {
    const isBytes = source.type === "bytes";
    hash.update(JSON.stringify([mediaKind, mimeType, filename, isBytes ? source.bytes.length : source.url]));
    if (isBytes) hash.update(source.bytes);
  }
  return hash.digest("base64url");
}

/** The key of a request; quoted, as the draft of the IETF writes it, or bare, as many clients send it. */
export function readIdempotencyKey(headers: Headers): Result<string | undefined, InputFault> {
  const given = headers.get("idempotency-key");
  if (given === null) return ok(undefined);
  const key = /^"(.*)"$/s.exec(given)?.[1] ?? given;
  if (key.length === 0 || key.length > MAX_IDEMPOTENCY_KEY_LENGTH || !/^[\x21\x23-\x5b\x5d-\x7e]+$/.test(key))
    return fail(
      inputFault(
        400,
        `Idempotency-Key is not a key: send 1 to ${MAX_IDEMPOTENCY_KEY_LENGTH} visible ASCII characters without spaces, quotation marks and backslashes, such as a UUID`,
      ),
    );
  return ok(key);
}

/** The same key, and not the same request. */
export function keyReusedFault(): InputFault {
  const problem =
    "another request was sent with this key within the last 24 hours; send a new key with a new request, or the first request again";
  return invalidFields([valueIssue(["header", "Idempotency-Key"], problem)]);
}
