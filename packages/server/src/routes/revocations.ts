/** Handlers of revocation. What a request leaves out is filled in here, and what would revoke nothing is refused. */
import {
  type AuthPolicy,
  CLOCK_SKEW_SECONDS,
  DEFAULT_ISSUER_NAME,
  fail,
  ok,
  type Result,
  type TokenPolicy,
} from "@agentos/auth";
import {
  REVOKED_AHEAD_SECONDS,
  type RevocationInput,
  type RevocationList,
  type RevocationObject,
  type Revoked,
  revocationInputSchema,
  revocationQuerySchema,
  SERVED_ROUTES,
  type ServedRouteId,
} from "@agentos/contract";
import {
  describePage,
  type InputFault,
  invalidFields,
  jsonResponse,
  type NewRevocation,
  notFound,
  type RequestContext,
  type RequestFault,
  type Revocations,
  type RouteHandler,
  type Runtime,
  readJsonBody,
  readQuery,
  type StoredRevocation,
  valueIssue,
} from "@agentos/guard/app";
import { createAnswerFault } from "./answer-fault.ts";

export interface RevocationsRoutesOptions {
  readonly revocations: Pick<Revocations, "revoke" | "list">;
  /** Called after one was kept, and the servers that live were waited for. It must not throw. */
  readonly onRevoked: () => void;
  /** What tokens are checked against: the names of their issuers, and how long they live. */
  readonly policy: Pick<AuthPolicy, "tokens">;
  /** Whoever comes without a credential is believed: the server asks for none, and answers this machine only. */
  readonly isBelieved: boolean;
  readonly runtime: Runtime;
}

type RevocationsRouteId = ServedRouteId<"revocations">;

/** Longest that a revocation is kept, for credentials that have no end of their own. */
const MAX_KEPT_SECONDS = 10 * 365 * 24 * 60 * 60;
const MAX_BODY_BYTES = 16 * 1024;
/** RFC 7638 with SHA-256. */
const THUMBPRINT = /^[\w-]{43}$/;
const NO_STORE = { "cache-control": "no-store" };

/** Creates the handlers. */
export function createRevocationsRoutes({
  revocations,
  onRevoked,
  policy,
  isBelieved,
  runtime,
}: RevocationsRoutesOptions): Record<RevocationsRouteId, RouteHandler> {
  const answerFault = createAnswerFault(runtime);

  const handle =
    (
      id: RevocationsRouteId,
      answer: (context: RequestContext) => Promise<Result<Response, RequestFault>>,
    ): RouteHandler =>
    async (context) => {
      // A list of public paths that has these in it opens them to nobody: a stranger would lock everybody out.
      if (context.access.identity.kind === "anonymous" && !isBelieved) return notFound();
      const answered = await answer(context);
      const { method, path } = SERVED_ROUTES[id];
      return answered.ok
        ? answered.value
        : answerFault(answered.fault, { access: context.access, route: `${method} ${path}` });
    };

  return {
    "revocations.create": handle("revocations.create", async ({ request, access }) => {
      const body = await readJsonBody(request, revocationInputSchema, { maxBytes: MAX_BODY_BYTES });
      if (!body.ok) return body;
      const wanted = completeRevocation(body.value, policy.tokens, runtime.clock.now());
      if (!wanted.ok) return wanted;
      const { userId, issuer } = access.identity;
      const createdBy = userId === undefined ? undefined : { issuer, id: userId };
      const revoked = await revocations.revoke({ ...wanted.value, createdBy });
      if (!revoked.ok) return fail({ code: "STORE_REVOCATIONS_FULL", limit: revoked.fault.limit });
      onRevoked();
      const { revocation, behind } = revoked.value;
      const answer: Revoked = { revocation: show(revocation), servers_behind: [...behind] };
      runtime.logger.info({ ...answer, kind_of_caller: access.identity.kind }, "credentials were revoked");
      const status = behind.length === 0 ? 200 : 202;
      return ok(jsonResponse(answer, { status, headers: NO_STORE }));
    }),

    "revocations.list": handle("revocations.list", async ({ request }) => {
      const query = readQuery(request, revocationQuerySchema);
      if (!query.ok) return query;
      const { limit = 20, page = 1, ...filter } = query.value;
      const start = performance.now();
      const found = await revocations.list({ ...filter, limit, offset: (page - 1) * limit });
      const body: RevocationList = {
        data: found.revocations.map(show),
        meta: describePage({ page, limit, totalCount: found.totalCount, start }),
      };
      return ok(jsonResponse(body, { headers: NO_STORE }));
    }),
  };
}

/** What is to be kept; 422 for what would revoke nothing, or for ever. */
function completeRevocation(
  { kind, value, issuer: named, issued_before: before, until: given }: RevocationInput,
  tokens: readonly TokenPolicy[],
  now: number,
): Result<Omit<NewRevocation, "createdBy">, InputFault> {
  const issuer = kind === "key" ? "" : (named ?? DEFAULT_ISSUER_NAME);
  // What an issuer whose clock runs ahead has signed until now is accepted, and is meant too.
  const latestIssue = Math.floor(now) + REVOKED_AHEAD_SECONDS;
  const issuedBefore = kind === "subject" ? (before ?? latestIssue) : undefined;
  const lifeSeconds = kind === "key" ? MAX_KEPT_SECONDS : findLongestLife(tokens, issuer);
  const latest = Math.floor(now) + MAX_KEPT_SECONDS;
  const until = given ?? Math.min(latest, Math.ceil(Math.max(now, issuedBefore ?? 0) + lifeSeconds));
  const isIssuerKnown = kind === "key" || tokens.some(({ name }) => (name ?? DEFAULT_ISSUER_NAME) === issuer);
  const problems: readonly (readonly [field: string, problem: string | undefined])[] = [
    [
      "value",
      kind === "key" && !THUMBPRINT.test(value)
        ? "a key is named by its RFC 7638 thumbprint, 43 characters, as GET /authz/policy shows it"
        : undefined,
    ],
    [
      "issuer",
      kind === "key" && hasValue(named)
        ? "a key is the same whoever uses it: leave the issuer out"
        : isIssuerKnown
          ? undefined
          : "no issuer of this AgentOS has this name, so nothing would be revoked",
    ],
    [
      "issued_before",
      kind !== "subject" && hasValue(before)
        ? 'it goes with the kind "subject" alone'
        : (issuedBefore ?? 0) > latestIssue
          ? "it is in the future, and would shut out whoever signs in until then: leave it out for all tokens until now"
          : issuedBefore !== undefined && isIssuerKnown && issuedBefore + lifeSeconds <= now
            ? "what was issued before then has expired, so nothing would be revoked: leave it out for all tokens until now"
            : undefined,
    ],
    [
      "until",
      until <= now
        ? "it is past, so nothing would be revoked"
        : until > latest
          ? "it is more than ten years ahead"
          : undefined,
    ],
  ];
  const issues = problems.flatMap(([field, problem]) =>
    problem === undefined ? [] : [valueIssue(["body", field], problem)],
  );
  return issues.length > 0 ? fail(invalidFields(issues)) : ok({ kind, issuer, value, issuedBefore, until });
}

/** Null stands for what is left out. */
const hasValue = (given: unknown) => given !== undefined && given !== null;

/** Of the tokens of an issuer, clocks that differ at both ends included. */
function findLongestLife(tokens: readonly TokenPolicy[], issuer: string): number {
  const lives = tokens
    .filter(({ name }) => (name ?? DEFAULT_ISSUER_NAME) === issuer)
    .map(({ requiresExpiration, maxLifetimeSeconds }) =>
      requiresExpiration && maxLifetimeSeconds !== undefined
        ? maxLifetimeSeconds + 3 * CLOCK_SKEW_SECONDS
        : MAX_KEPT_SECONDS,
    );
  return Math.max(...lives, 0);
}

function show({ createdBy, ...revocation }: StoredRevocation): RevocationObject {
  return {
    id: revocation.seq,
    kind: revocation.kind,
    value: revocation.value,
    issuer: revocation.kind === "key" ? null : revocation.issuer,
    issued_before: revocation.issuedBefore ?? null,
    until: revocation.until,
    created_at: revocation.createdAt,
    created_by: createdBy === undefined ? null : { issuer: createdBy.issuer, subject: createdBy.id },
  };
}
