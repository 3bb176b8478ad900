/**
 * What everybody may read of an instance's keys: the key set and the discovery document that leads to it. Of a draft, of
 * the issuer of an endpoint that it had before, and of what does not exist, the same is said.
 */
import { createHash } from "node:crypto";
import { jsonTextResponse } from "@agentos/guard/app";
import type { ControlPlaneStore } from "../store/control-plane-store.ts";
import { reject } from "../store/rejected.ts";
import { addressesOf, readPublicKeys } from "./public-keys.ts";

/** How long an instance may go without asking again: a new key is known everywhere so long after it is published. */
const MAX_AGE_SECONDS = 60;

export interface DocumentSource {
  readonly store: ControlPlaneStore;
  /** Address of the control plane, without a final slash. */
  readonly publicUrl: string;
}

/** The key set of an issuer, without what is retired. */
export async function answerKeySet(
  { store }: DocumentSource,
  { request, issuerId }: { readonly request: Request; readonly issuerId: string },
): Promise<Response> {
  const keys = await store.read(async (db) => readPublicKeys(db, await findConnected(db, issuerId)));
  return answerDocument(request, { keys: keys.map(({ jwk }) => jwk) });
}

/** OpenID Connect Discovery 1.0, as far as it is about keys: nobody signs in here. */
export async function answerDiscovery(
  { store, publicUrl }: DocumentSource,
  { request, issuerId }: { readonly request: Request; readonly issuerId: string },
): Promise<Response> {
  await store.read((db) => findConnected(db, issuerId));
  const { issuer, jwksUrl } = addressesOf(publicUrl, issuerId);
  return answerDocument(request, {
    issuer,
    jwks_uri: jwksUrl,
    id_token_signing_alg_values_supported: ["RS256"],
    response_types_supported: ["none"],
    subject_types_supported: ["public"],
  });
}

type Reading = Parameters<Parameters<ControlPlaneStore["read"]>[0]>[0];

/** Gives the id of the instance. */
async function findConnected(db: Reading, issuerId: string): Promise<string> {
  const instance = await db
    .selectFrom("agentos_cp_instances")
    .select("instance_id")
    .where("issuer_id", "=", issuerId)
    .where("is_draft", "=", 0)
    .executeTakeFirst();
  if (instance === undefined) throw reject("INSTANCE_UNKNOWN");
  return instance.instance_id;
}

function answerDocument(request: Request, document: unknown): Response {
  const text = JSON.stringify(document);
  const tag = `"${createHash("sha256").update(text).digest("base64url").slice(0, 22)}"`;
  const isKnown =
    request.headers
      .get("if-none-match")
      ?.split(/\s*,\s*/)
      .includes(tag) === true;
  const answer = isKnown ? new Response(null, { status: 304 }) : jsonTextResponse(text);
  answer.headers.set("etag", tag);
  answer.headers.set("cache-control", `public, max-age=${MAX_AGE_SECONDS}`);
  return answer;
}
