/**
 * The request, in the terms of the engine's diagnosis. The text of a minted token is nowhere kept: what stands in for it
 * has the claims that were written down, and a signature of nobody. Nothing of it gets into a finding.
 */
import type { DiagnosisInput, KnownServer, ObservedAnswer } from "@agentos/auth";
import { type ErrorCode, type Facts, LIMITS, REFUSALS } from "@agentos/contract";
import { deriveObservation } from "../instances/derive-observation.ts";
import { findRoute } from "./find-route.ts";
import type { MintedToken, RefusedRequest, SentCredential } from "./refused-request.ts";

/** What the engine is told. */
export function describeRequest(refused: RefusedRequest): DiagnosisInput {
  const { request, now, cli } = refused;
  const answer = readObservedAnswer(refused);
  const refusal = readRecorded(refused.denial);
  const route = findRoute(request.method, request.path);
  const credential = standInFor(refused.sent, answer?.status);
  return {
    now,
    cli,
    server: describeServer(refused),
    ...(answer === undefined ? {} : { answer }),
    ...(refusal === undefined ? {} : { refusal }),
    ...(route === undefined ? {} : { request: route }),
    ...(credential === undefined ? {} : { credential }),
  };
}

type Mode = NonNullable<RefusedRequest["instance"]["observed"]>["mode"];

/** What guards the instance: its answer just now says it better than what was seen at some time. */
export function readMode({ answer, request, sent, instance }: RefusedRequest): Mode {
  const heard =
    answer === undefined
      ? null
      : deriveObservation({
          outcome: "answered",
          answers: [
            {
              route: request.path === "/config" ? "GET /config" : "GET /agents",
              status: answer.status,
              body: answer.body,
              credential: sent.kind === "token" ? "minted" : sent.kind,
            },
          ],
        }).mode;
  return heard ?? instance.observed?.mode ?? null;
}

function describeServer(refused: RefusedRequest): KnownServer {
  const { observed, osId, version } = refused.instance;
  const mode = readMode(refused);
  // Whoever asks with a token of their own making would learn of each key whether it is loaded.
  const policy = refused.mayReadPolicy ? observed : undefined;
  const keys = policy?.keys ?? null;
  const id = observed?.osId ?? osId ?? undefined;
  return {
    source: "GET /info",
    ...(version.version === null ? {} : { version: version.version }),
    isPython: observed?.isOurs === false,
    policy: {
      ...(id === undefined ? {} : { id }),
      ...(mode === null ? {} : { mode }),
      ...(typeof policy?.enforcesScopes === "boolean" ? { enforcesScopes: policy.enforcesScopes } : {}),
    },
    ...(keys === null
      ? {}
      : { keys: keys.map(({ kid, thumbprint }) => ({ kid: kid ?? thumbprint ?? undefined })) }),
  };
}

type ScopeList = "required_scopes" | "missing_scopes";
type Told = Pick<RefusedRequest, "answer" | "denial">;

/** Where a list of scopes is from: the instance's own record has it where the answer was reported without. */
export function findListSource(
  { answer, denial }: Told,
  name: ScopeList,
): "the answer" | "the denial record" {
  const isRecorded = (answer?.body?.[name] ?? undefined) === undefined && denial?.[name] !== undefined;
  return isRecorded ? "the denial record" : "the answer";
}

/** What the instance has answered, with the scopes of its own record where the answer was reported without them. */
export function readObservedAnswer({ answer, denial }: Told): ObservedAnswer | undefined {
  if (answer === undefined) return undefined;
  const { status, body = {}, date } = answer;
  const text = (name: string) => {
    const value = body[name];
    return typeof value === "string" && value.length <= MAX_TEXT_CHARACTERS ? value : undefined;
  };
  const texts = (name: ScopeList) => {
    const isAnswered = findListSource({ answer, denial }, name) === "the answer";
    const value = isAnswered ? body[name] : denial?.[name];
    return Array.isArray(value) ? value.filter((each) => typeof each === "string").slice(0, 50) : undefined;
  };
  const code = text("code");
  const serverTime = date === undefined ? Number.NaN : Date.parse(date) / 1_000;
  return {
    status,
    code: code !== undefined && isCodeOfInstance(code) ? code : undefined,
    detail: text("detail"),
    title: text("title"),
    fix: text("fix"),
    requiredScopes: texts("required_scopes"),
    missingScopes: texts("missing_scopes"),
    serverTime: Number.isFinite(serverTime) ? serverTime : undefined,
  };
}

/** What only a control plane answers with: of who is signed in here, and of what is known here. */
const OWN_CODES: readonly string[] = [
  "AUTH_SIGN_IN_REQUIRED",
  "AUTH_SIGN_IN_ENDED",
  "SCOPE_ROLE_INSUFFICIENT",
  "SCOPE_NOT_A_MEMBER",
] satisfies readonly ErrorCode[];

/** Causes are found here, not told: a server that answers with one would have its word passed off as our finding. */
function isCodeOfInstance(code: string): code is ErrorCode {
  return (Object.hasOwn(REFUSALS, code) || Object.hasOwn(LIMITS, code)) && !OWN_CODES.includes(code);
}

const MAX_TEXT_CHARACTERS = 4_000;

/** Of the record of a refusal what the operator's view adds: the exact code, and facts that are no sentences. */
function readRecorded(denial: RefusedRequest["denial"]): { code: ErrorCode; facts: Facts } | undefined {
  if (denial?.view !== "operator" || !isCodeOfInstance(denial.exact_code)) return undefined;
  return {
    code: denial.exact_code,
    facts: Object.fromEntries(Object.entries(denial.facts).filter(([name, value]) => isFact(name, value))),
  };
}

/** A name, a number, or some of them; nothing that could make a sentence of ours out of theirs, or lead somewhere. */
function isFact(name: string, value: Facts[string]): boolean {
  // It would stand in the place of our own fix.
  if (name === "suggestion") return false;
  const isAddress = /_(?:issuer|audience)$/.test(name);
  const isPlain = (text: string) => /^[\w:.*/+-]{0,200}$/.test(text) && (isAddress || !text.includes("//"));
  if (typeof value === "object") return value.length <= 50 && value.every(isPlain);
  return typeof value !== "string" || isPlain(value);
}

function standInFor(sent: SentCredential, status: number | undefined): string | undefined {
  if (sent.kind === "token") return sent.token;
  if (sent.kind === "security-key") return "a-security-key";
  if (sent.kind === "none") return undefined;
  if (sent.minted !== undefined) return writeToken(sent.minted);
  // Of its scopes nothing is known: whoever reads the others as none would say too much.
  return status === 403 ? undefined : encodeSegments([HEADER, {}]);
}

const HEADER = { alg: "RS256", typ: "at+jwt" };
const SIGNATURE_BYTES = 256;

function writeToken({
  issuer,
  audience,
  personId,
  scopes,
  kid,
  signInId,
  tokenId,
  issuedAt,
  endsAt,
}: MintedToken) {
  const claims = {
    iss: issuer,
    aud: audience,
    sub: personId,
    scopes,
    sid: signInId,
    jti: tokenId,
    iat: Math.floor(issuedAt),
    exp: Math.floor(endsAt),
  };
  return encodeSegments([{ ...HEADER, kid }, claims]);
}

function encodeSegments(parts: readonly object[]): string {
  const encoded = parts.map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"));
  return [...encoded, Buffer.alloc(SIGNATURE_BYTES).toString("base64url")].join(".");
}
