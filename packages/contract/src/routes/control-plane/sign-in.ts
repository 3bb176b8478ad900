/** Signing in and out, one-time links, and what a person does with their own account. */
import {
  linkInspectionInputSchema,
  linkInspectionSchema,
  passwordInputSchema,
  personInputSchema,
  personSchema,
  redemptionInputSchema,
  sessionListSchema,
  signedInSchema,
  signInInputSchema,
} from "../../wire/control-plane/person.ts";
import { doneSchema, refusals } from "./answers.ts";
import type { ControlPlaneTable } from "./table.ts";

const signIn = { tag: "Sign-in", access: "public" } as const;
const own = { tag: "Account", access: "authenticated" } as const;

// biome-ignore format: one route is one line, and its answers below it
export const signInRoutes = {
  "signIn.password": { method: "POST", path: "/api/sign-in", ...signIn, isWrite: true, summary: "Sign in with e-mail address and password", requestBody: { json: signInInputSchema },
    responses: { 200: { description: "signed in; the session is in a cookie", json: signedInSchema }, ...refusals } },
  "signIn.inspectLink": { method: "POST", path: "/api/links/inspect", ...signIn, isWrite: false, summary: "What a one-time link is for; it stays unused", requestBody: { json: linkInspectionInputSchema },
    responses: { 200: { description: "what it is for", json: linkInspectionSchema }, ...refusals } },
  "signIn.redeemLink": { method: "POST", path: "/api/links/redeem", ...signIn, isWrite: true, summary: "Use a one-time link: signs in", requestBody: { json: redemptionInputSchema },
    responses: { 200: { description: "signed in; the session is in a cookie", json: signedInSchema }, ...refusals } },
  "account.read": { method: "GET", path: "/api/session", ...own, isWrite: false, summary: "Who is signed in, and what they may do in each organization",
    responses: { 200: { description: "the person", json: signedInSchema } } },
  "account.signOut": { method: "POST", path: "/api/sign-out", ...own, isWrite: true, summary: "End this session",
    responses: { 200: { description: "ended", json: doneSchema } } },
  "account.update": { method: "PATCH", path: "/api/person", ...own, isWrite: true, summary: "Change one's own name", requestBody: { json: personInputSchema },
    responses: { 200: { description: "as it is now", json: personSchema }, ...refusals } },
  "account.setPassword": { method: "POST", path: "/api/password", ...own, isWrite: true, summary: "Set or change one's own password; every other session ends", requestBody: { json: passwordInputSchema },
    responses: { 200: { description: "set", json: doneSchema }, ...refusals } },
  "account.listSessions": { method: "GET", path: "/api/sessions", ...own, isWrite: false, summary: "One's own sessions",
    responses: { 200: { description: "the sessions, newest first", json: sessionListSchema } } },
  "account.endSession": { method: "DELETE", path: "/api/sessions/{session_id}", ...own, isWrite: true, summary: "End one of one's own sessions",
    responses: { 200: { description: "ended", json: doneSchema }, ...refusals } },
  "account.endOtherSessions": { method: "DELETE", path: "/api/sessions", ...own, isWrite: true, summary: "End all of one's own sessions but this one",
    responses: { 200: { description: "ended", json: doneSchema } } },
} as const satisfies ControlPlaneTable;
