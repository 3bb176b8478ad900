/** Instances, their keys, tokens for them, and why they refuse. */
import { z } from "zod";
import { diagnosisInputSchema, diagnosisSchema } from "../../wire/control-plane/diagnosis.ts";
import {
  changedInstanceSchema,
  configurationSchema,
  instanceListSchema,
  instanceSchema,
  newInstanceSchema,
  probeSchema,
  switchesInputSchema,
} from "../../wire/control-plane/instance.ts";
import {
  mintedTokenSchema,
  sentRevocationListSchema,
  sentRevocationQuerySchema,
  signingKeyListSchema,
  tokenInputSchema,
} from "../../wire/control-plane/keys.ts";
import { doneSchema, refusals } from "./answers.ts";
import type { ControlPlaneTable } from "./table.ts";

const ORGANIZATION = "/api/organizations/{organization_id}";
const INSTANCES = `${ORGANIZATION}/instances` as const;
const INSTANCE = `${INSTANCES}/{instance_id}` as const;
const DOCUMENTS = "/instances/{instance_id}/.well-known";
const documents = { access: "public", isWrite: false, tag: "Keys" } as const;
const instance = { description: "as it is now", json: instanceSchema };
const keys = { description: "the keys as they are now", json: signingKeyListSchema };

// biome-ignore format: one route is one line, and its answers below it
export const instancesRoutes = {
  "instances.list": { method: "GET", path: INSTANCES, access: ["org:read", "os:read"], isWrite: false, tag: "Instances", summary: "Instances of the organization, and one's own drafts",
    responses: { 200: { description: "the instances", json: instanceListSchema } } },
  "instances.create": { method: "POST", path: INSTANCES, access: ["org:read", "os:read", "os:connect"], isWrite: true, tag: "Instances", summary: "Begin to connect an instance: a draft", requestBody: { json: newInstanceSchema },
    responses: { 201: { description: "the draft", json: instanceSchema }, ...refusals } },
  "instances.read": { method: "GET", path: INSTANCE, access: ["org:read", "os:read"], isWrite: false, tag: "Instances", summary: "One instance",
    responses: { 200: { description: "the instance", json: instanceSchema }, 404: refusals[404] } },
  "instances.updateDraft": { method: "PATCH", path: `${INSTANCE}/draft`, access: ["org:read", "os:read", "os:connect"], isWrite: true, tag: "Instances", summary: "Change one's own draft", requestBody: { json: changedInstanceSchema },
    responses: { 200: instance, ...refusals } },
  "instances.connect": { method: "POST", path: `${INSTANCE}/connect`, access: ["org:read", "os:read", "os:connect"], isWrite: true, tag: "Instances", summary: "Make one's own draft an instance of the organization",
    responses: { 200: instance, ...refusals } },
  "instances.update": { method: "PATCH", path: INSTANCE, access: ["org:read", "os:read", "os:write"], isWrite: true, tag: "Instances", summary: "Change an instance; another endpoint gets another key pair", requestBody: { json: changedInstanceSchema },
    responses: { 200: instance, ...refusals } },
  "instances.setSwitches": { method: "PATCH", path: `${INSTANCE}/switches`, access: ["org:read", "os:read", "os:write"], isWrite: true, tag: "Instances", summary: "Say which of authorization and security key is meant to be on", requestBody: { json: switchesInputSchema },
    responses: { 200: instance, ...refusals } },
  "instances.delete": { method: "DELETE", path: INSTANCE, access: ["org:read", "os:read", "os:delete"], isWrite: true, tag: "Instances", summary: "Forget an instance and its keys",
    responses: { 200: { description: "forgotten", json: doneSchema }, ...refusals } },
  "instances.discardDraft": { method: "DELETE", path: `${INSTANCE}/draft`, access: ["org:read", "os:read", "os:connect"], isWrite: true, tag: "Instances", summary: "Give up one's own draft",
    responses: { 200: { description: "given up", json: doneSchema }, ...refusals } },
  "instances.observe": { method: "POST", path: `${INSTANCE}/observations`, access: ["org:read", "os:read"], isWrite: true, tag: "Instances", summary: "Report what this browser sees of the instance", requestBody: { json: probeSchema },
    responses: { 200: instance, ...refusals } },
  "instances.readPolicy": { method: "POST", path: `${INSTANCE}/policy`, access: ["org:read", "os:read"], isWrite: true, tag: "Instances", summary: "Let the control plane read the policy of an instance of ours, and compare",
    responses: { 200: instance, ...refusals } },
  "instances.configuration": { method: "GET", path: `${INSTANCE}/configuration`, access: ["org:read", "os:read"], isWrite: false, tag: "Instances", summary: "What to set and to unset on the instance, so that its switches agree",
    responses: { 200: { description: "lines to copy", json: configurationSchema }, 404: refusals[404] } },
  "keys.list": { method: "GET", path: `${INSTANCE}/keys`, access: ["org:read", "os:read"], isWrite: false, tag: "Keys", summary: "Keys on both sides",
    responses: { 200: keys, 404: refusals[404] } },
  "keys.publish": { method: "POST", path: `${INSTANCE}/keys`, access: ["org:read", "os:read", "os:write"], isWrite: true, tag: "Keys", summary: "Rotation, first station: make a pair, and publish its public half",
    responses: { 201: keys, ...refusals } },
  "keys.sign": { method: "POST", path: `${INSTANCE}/keys/{kid}/sign`, access: ["org:read", "os:read", "os:write"], isWrite: true, tag: "Keys", summary: "Rotation, second station: sign with a published key; the one before stays published", requestBody: { json: z.strictObject({ is_forced: z.boolean().default(false) }), isOptional: true },
    responses: { 200: keys, ...refusals } },
  "keys.retire": { method: "POST", path: `${INSTANCE}/keys/{kid}/retire`, access: ["org:read", "os:read", "os:write"], isWrite: true, tag: "Keys", summary: "Rotation, third station: take a key out of the set; its tokens are revoked where any may live", requestBody: { json: z.strictObject({ is_forced: z.boolean().default(false) }), isOptional: true },
    responses: { 200: keys, ...refusals } },
  "tokens.mint": { method: "POST", path: `${INSTANCE}/tokens`, access: ["org:read", "os:read", "config:read"], isWrite: true, tag: "Tokens", summary: "A token of one's own for the instance", requestBody: { json: tokenInputSchema },
    responses: { 201: { description: "the token, shown once", json: mintedTokenSchema }, ...refusals } },
  "diagnoses.create": { method: "POST", path: `${INSTANCE}/diagnoses`, access: ["org:read", "os:read"], isWrite: false, tag: "Diagnosis", summary: "Why a request to the instance was refused", requestBody: { json: diagnosisInputSchema },
    responses: { 200: { description: "the causes, the surest first", json: diagnosisSchema }, ...refusals } },
  "revocations.list": { method: "GET", path: `${ORGANIZATION}/revocations`, access: ["org:read", "authz:read"], isWrite: false, tag: "Revocations", summary: "What was revoked on which instance, and whether it is in force there", query: sentRevocationQuerySchema,
    responses: { 200: { description: "a page of it, newest first", json: sentRevocationListSchema }, 422: refusals[422] } },
  "revocations.retry": { method: "POST", path: `${ORGANIZATION}/revocations/retry`, access: ["org:read", "authz:revoke"], isWrite: true, tag: "Revocations", summary: "Send what is pending once more, now",
    responses: { 200: { description: "sent; the list says what became of it", json: doneSchema } } },
  "documents.discovery": { method: "GET", path: `${DOCUMENTS}/openid-configuration`, ...documents, summary: "OpenID discovery document of the issuer that signs for this instance",
    responses: { 200: { description: "the document", json: z.record(z.string(), z.unknown()) }, 404: refusals[404] } },
  "documents.jwks": { method: "GET", path: `${DOCUMENTS}/jwks.json`, ...documents, summary: "Public keys of the issuer that signs for this instance",
    responses: { 200: { description: "the key set", json: z.record(z.string(), z.unknown()) }, 404: refusals[404] } },
} as const satisfies ControlPlaneTable;
