/** Records refusals, and says what a refused caller is told: in an answer, or in a frame of a connection. */
import {
  describeProblem,
  type ProblemAnswer,
  type Refusal,
  type RequestFacts,
  timelineOf,
  toProblem,
} from "@agentos/auth";
import { type Facts, type Problem, REFUSALS, renderFix, type Stage } from "@agentos/contract";
import type { DenialRecorder } from "../denials/denial-recorder.ts";
import { redactTokens } from "../log/redact-tokens.ts";

export interface DenierOptions {
  readonly recorder: DenialRecorder;
  /** Seconds since the epoch. */
  readonly now: () => number;
  readonly cliCommand: string;
  /** RFC 9728 metadata address for the challenge, by the request's host; undefined without an OAuth issuer. */
  readonly resourceMetadataUrl?: ((host: string | null) => string | undefined) | undefined;
  /** Checks that this configuration does not make, shown as such in the timeline. */
  readonly notConfigured: ReadonlySet<Stage>;
}

/** What a record keeps of a request. */
export type RefusedRequest = RequestFacts & {
  /** Path as it was sent, where no route names it. */
  readonly path?: string | undefined;
};

/** Where a request was refused. */
export interface Place {
  /** `METHOD /template`, or that there is no route. */
  readonly routeName: string;
  /** For the record beside what the engine says. */
  readonly seen?: Facts;
}

export interface Denier {
  /** Records a refusal, and makes the answer of it. */
  deny(request: RefusedRequest, refusal: Refusal, place: Place): ProblemAnswer;
  /** The same for whoever gets no answer of HTTP: the body alone. */
  tell(request: RefusedRequest, refusal: Refusal, place: Place): Problem;
}

/** Characters of a path in a denial record. */
export const MAX_RECORDED_PATH = 200;

export function createDenier(options: DenierOptions): Denier {
  const { recorder, now, cliCommand: cli, notConfigured } = options;

  function record(request: RefusedRequest, refusal: Refusal, { routeName, seen = {} }: Place): string {
    const path =
      request.path === undefined ? {} : { path: redactTokens(request.path.slice(0, MAX_RECORDED_PATH)) };
    const facts = { ...refusal.facts, ...path, ...seen, cli };
    return recorder.record({
      code: refusal.code,
      time: now(),
      route: routeName,
      client: request.clientAddress,
      subject: refusal.subject,
      ...(refusal.issuer === undefined ? {} : { issuer: refusal.issuer }),
      ...(refusal.owner === undefined ? {} : { owner: refusal.owner }),
      timeline: timelineOf(refusal.code, notConfigured),
      facts: refusal.cause === undefined ? facts : { ...facts, cause: describeCause(refusal.cause) },
      // The operator's: it may name options that the caller cannot set.
      fix: renderFix(REFUSALS[refusal.code].fix, facts),
    });
  }

  return {
    deny: (request, refusal, place) =>
      toProblem(refusal, {
        denialId: record(request, refusal, place),
        accept: request.header("accept"),
        cli,
        resourceMetadataUrl: options.resourceMetadataUrl?.(request.header("host")),
      }),
    tell: (request, refusal, place) =>
      describeProblem(refusal, { denialId: record(request, refusal, place), cli }),
  };
}

/** What went wrong underneath, for the log and the record only. */
function describeCause(cause: unknown): string {
  return cause instanceof Error ? `${cause.name}: ${cause.message}` : "not an error object";
}
