/** Revocation of credentials before they expire. */
import { errorSchema, limitSchema, validationErrorSchema } from "../wire/problem.ts";
import {
  revocationInputSchema,
  revocationListSchema,
  revocationQuerySchema,
  revokedSchema,
} from "../wire/revocation.ts";
import type { RouteTable } from "./route.ts";

const authorization = { tag: "Authorization", access: ["authz:revoke"] } as const;

/** What is revoked, and how to revoke. */
// biome-ignore format: one route is one line, and its answers below it
export const revocationsRoutes = {
  "revocations.create": { method: "POST", path: "/authz/revocations", ...authorization, summary: "Revoke one token, a sign-in, the tokens of a user, or a key; answers when every server that lives knows it, or after ten seconds", requestBody: { json: revocationInputSchema },
    responses: { 200: { description: "it is in force on every server", json: revokedSchema }, 202: { description: "it is kept, and some servers have not said that they know it", json: revokedSchema }, 400: { description: "the body cannot be read", json: errorSchema }, 413: { description: "the body is too large", json: limitSchema }, 422: { description: "a value cannot be used", json: validationErrorSchema }, 503: { description: "as much is revoked as may be at a time, or the database does not answer", json: limitSchema } } },
  "revocations.list": { method: "GET", path: "/authz/revocations", ...authorization, summary: "What is revoked, newest first", query: revocationQuerySchema,
    responses: { 200: { description: "a page of it", json: revocationListSchema }, 422: { description: "a query value cannot be used", json: validationErrorSchema } } },
} as const satisfies RouteTable;
