/**
 * The diagnosis: from what the client saw, what is known of the server and the token, to the causes that apply, the
 * surest first. It tells apart what a refusal must not, because whoever asks holds the token or runs the server.
 */
import { ADMIN_SCOPE, type ErrorCode, type Facts } from "@agentos/contract";
import { decide } from "../decide/decide.ts";
import { findStrangeCredential } from "../request/strange-credential.ts";
import { compileGrants } from "../scope/grants.ts";
import { chooseCode } from "./choose-code.ts";
import { concealCredential } from "./conceal-credential.ts";
import { describeFacts, describeOrigin, isForAnotherServer, placesFor, sawStatus } from "./describe-facts.ts";
import {
  type Cause,
  type Certainty,
  type DiagnosisInput,
  type KnownServer,
  listAlgorithms,
} from "./diagnosis.ts";
import { type InspectedToken, inspectToken } from "./inspect-token.ts";
import { type CauseParts, makeCause } from "./make-cause.ts";
import { type AnswerMeaning, readAnswer } from "./read-answer.ts";
import { type CredentialKind, classifyCredential, refineCredential } from "./refine-credential.ts";
import { refineScopes, SCOPE_CODES, splitHeldScopes } from "./refine-scopes.ts";
import { ALGORITHM_CODES, refineAlgorithm, refineSignature, SIGNATURE_CODES } from "./refine-signature.ts";
import { refineTimes, TIME_CODES } from "./refine-times.ts";

interface Seen {
  readonly input: DiagnosisInput;
  readonly kind: CredentialKind;
  readonly inspected: InspectedToken | undefined;
}

const RANK: Readonly<Record<Certainty, number>> = { certain: 0, likely: 1, "cannot tell": 2 };

/** Names the causes; never throws. Empty only when there is nothing to explain. */
export function diagnose(input: DiagnosisInput): readonly Cause[] {
  const kind = classifyCredential(input.credential);
  const seen: Seen = { input, kind, inspected: kind === "jwt" ? inspect(input) : undefined };
  const strange = findStrangeCredential(input.credential?.trim() ?? "");
  // "undefined" in the place of a credential is no secret, and the word is what its cause is about.
  const conceal = concealCredential(strange?.facts["word"] === undefined ? input.credential : undefined);
  return rank(collect(seen)).map((part) => {
    const facts = part.code === strange?.code ? { ...strange.facts, ...part.facts } : part.facts;
    return conceal(makeCause({ ...part, facts }, input.cli));
  });
}

function collect(seen: Seen): readonly CauseParts[] {
  const { answer, refusal } = seen.input;
  if (refusal !== undefined)
    return refine({ codes: [refusal.code], facts: refusal.facts, isNamed: true }, seen);
  return answer === undefined ? fromToken(seen) : fromAnswer(seen);
}

/** A finer word for the same cause: what it refines. */
const REFINED: Readonly<Partial<Record<ErrorCode, ErrorCode>>> = {
  AUTH_SECURITY_KEY_WITH_JWT: "AUTH_SECURITY_KEY_NOT_ACCEPTED",
};

function inspect({ credential = "", server, answer, now }: DiagnosisInput): InspectedToken {
  return inspectToken(credential.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, ""), {
    policy: server?.policy ?? {},
    algorithms: listAlgorithms(server?.keys ?? []),
    now: answer?.serverTime ?? now,
  });
}

function fromAnswer(seen: Seen): readonly CauseParts[] {
  const { answer } = seen.input;
  if (answer === undefined || answer.status < 400) return [];
  const meaning = readAnswer(answer);
  // Whoever has refused knows why: what the form of a credential suggests may say it better, never something else.
  const said = answer.code === undefined ? undefined : meaning.codes[0];
  if (answer.status === 401) {
    const wrongKind = refineCredential(seen.kind, seen.input);
    if (wrongKind.some(({ code }) => said === undefined || code === said || REFINED[code] === said))
      return wrongKind;
  }
  if (meaning.codes.length === 0)
    return [{ code: "CLI_ANSWER_UNKNOWN", certainty: "cannot tell", evidence: [sawStatus(answer.status)] }];
  return refine(meaning, seen);
}

/** Without an answer the token alone speaks: each objection of the checks is a cause. */
function fromToken(seen: Seen): readonly CauseParts[] {
  const { server, request } = seen.input;
  const wrongKind = refineCredential(seen.kind, seen.input);
  if (wrongKind.length > 0) return wrongKind;
  if (seen.kind === "none") {
    const mode = server?.policy.mode;
    if (mode === undefined || mode === "none") return [];
    const code = mode === "security_key" ? "AUTH_SECURITY_KEY_MISSING" : "AUTH_HEADER_MISSING";
    return refine({ codes: [code], facts: {}, isNamed: true }, seen);
  }
  if (seen.inspected === undefined) return [];
  const objections = seen.inspected.objections.flatMap(({ code, facts }) =>
    refine({ codes: [code], facts, isNamed: true }, seen),
  );
  const scopes = request === undefined || server?.policy.enforcesScopes === false ? [] : explainScopes(seen);
  return [...objections, ...scopes];
}

function explainScopes({ input, inspected }: Seen): readonly CauseParts[] {
  const claims = inspected?.unverifiedClaims;
  if (claims === undefined || input.request === undefined) return [];
  const { route, parameters } = input.request;
  const adminScope = input.server?.policy.adminScope ?? ADMIN_SCOPE;
  const grants = compileGrants(splitHeldScopes(claims, input.server).kept, adminScope);
  const decision = decide(grants, route, parameters);
  return decision.isAllowed ? [] : refineScopes(decision.code, decision.required, claims, input);
}

/** What the token that was refused shows here, where the same check refuses it: the server's own words are not ours to say. */
function findOwnFacts(code: ErrorCode, input: DiagnosisInput): Facts {
  if (input.answer === undefined || input.credential === undefined) return {};
  const strange = findStrangeCredential(input.credential.trim());
  if (code === strange?.code) return strange.facts;
  if (code === "AUTH_SECURITY_KEY_UNSET" && strange?.insteadOfKey !== undefined)
    return { found: strange.insteadOfKey };
  return inspect(input).objections.find((objection) => objection.code === code)?.facts ?? {};
}

function refine(meaning: AnswerMeaning, seen: Seen): readonly CauseParts[] {
  const { input, inspected } = seen;
  const { code, facts, certainty } = chooseCode(meaning, seen);
  const claims = inspected?.unverifiedClaims;
  const signature = {
    header: inspected?.unverifiedHeader,
    token: inspected === undefined ? undefined : input.credential?.trim(),
    server: withAlgorithms(input.server, facts),
    keysTried: listOf(facts["keys_tried"]),
  };
  if (TIME_CODES.includes(code))
    return refineTimes(code, { claims, facts, now: input.now, serverTime: input.answer?.serverTime });
  if (ALGORITHM_CODES.includes(code)) return [refineAlgorithm(code, signature, facts)];
  if (SIGNATURE_CODES.includes(code))
    return [
      ...findOtherServer(seen),
      ...refineSignature(code, signature).map((part) => ({
        ...part,
        evidence: [...(part.evidence ?? []), ...describeOrigin(claims, input.server)],
      })),
    ];
  if (SCOPE_CODES.includes(code)) {
    const required = facts["required_scopes"];
    return refineScopes(code, typeof required === "object" ? required : [], claims, input, facts);
  }
  return [
    {
      code,
      certainty,
      facts: { ...placesFor(input.server), ...findOwnFacts(code, input), ...facts },
      evidence: [
        ...describeFacts(code, facts, input, inspected),
        ...(code.startsWith("AUTH_KEY_") ? describeOrigin(claims, input.server) : []),
      ],
    },
  ];
}

/**
 * A token of another AgentOS is not of the key of this one either. Its audience shows which it is for: that comes first,
 * since another key would be the wrong thing to give this server.
 */
function findOtherServer({ input, inspected }: Seen): readonly CauseParts[] {
  const { answer, server } = input;
  if (answer === undefined || !isForAnotherServer(inspected?.unverifiedClaims, server)) return [];
  const code = "AUTH_AUDIENCE_MISMATCH";
  return [
    {
      code,
      certainty: "likely",
      facts: placesFor(server),
      evidence: describeFacts(code, {}, input, inspected),
    },
  ];
}

function listOf(value: Facts[string] | undefined): readonly string[] | undefined {
  return typeof value === "object" ? value : undefined;
}

/** A denial record says which algorithms were expected even where nothing else is known of the server. */
function withAlgorithms(server: KnownServer | undefined, facts: Facts): KnownServer | undefined {
  const expected = facts["expected_algorithms"];
  if (typeof expected !== "object" || server?.keys !== undefined) return server;
  return { source: "the denial record", policy: {}, ...server, keys: [{ algorithms: expected }] };
}

/** The surest first, in the order of the checks otherwise; each code once. */
function rank(parts: readonly CauseParts[]): readonly CauseParts[] {
  const unique = parts.filter((part, index) => parts.findIndex(({ code }) => code === part.code) === index);
  return unique.toSorted((a, b) => RANK[a.certainty] - RANK[b.certainty]);
}
