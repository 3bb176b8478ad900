/** The answer to a request for a run, by what was asked and what became of it. */

import type { Access } from "@agentos/auth";
import {
  faultResponse,
  inputFault,
  jsonResponse,
  jsonTextResponse,
  notFound,
  type Runtime,
} from "@agentos/guard/app";
import { createEventsOf } from "../runs/abandoned.ts";
import type { AcceptedRun } from "../runs/accept-run.ts";
import { withState } from "../runs/events.ts";
import type { LiveRun } from "../runs/live-run.ts";
import type { RunForm } from "../runs/run-form.ts";
import type { RunService } from "../runs/service.ts";
import type { RunStore } from "../runs/store.ts";
import type { AnswerFault } from "./answer-fault.ts";
import { openFollowStream } from "./follow-stream.ts";
import { answerWithRun } from "./json-answer.ts";
import { encodeFrame, eventStreamResponse, openEventStream } from "./sse.ts";
import { showEvents, streamTexts } from "./stored-events.ts";

export interface RunAnswersOptions {
  readonly store: RunStore;
  readonly runs: Pick<RunService, "follow" | "openReaders">;
  readonly runtime: Pick<Runtime, "logger" | "clock">;
  readonly answerFault: AnswerFault;
  /** `METHOD /template`. */
  readonly route: string;
}

export interface AnsweredRequest {
  readonly form: Pick<RunForm, "stream" | "background">;
  readonly access: Pick<Access, "identity" | "dataScope">;
}

export type AnswerRun = (accepted: AcceptedRun, request: AnsweredRequest) => Promise<Response>;

/** Somebody who follows holds so much, by and large. */
const FOLLOWER_BYTES = 64 * 1024;

export function createRunAnswers(options: RunAnswersOptions): AnswerRun {
  const { store, runs, runtime, answerFault, route } = options;

  const onCutOf =
    (runId: string) =>
    ({ message }: Error) =>
      runtime.logger.warn({ run_id: runId, reason: message }, "an answer was cut");

  async function answerBegun(run: LiveRun, { stream, background }: RunForm | AnsweredRequest["form"]) {
    const onCut = onCutOf(run.runId);
    if (background && !stream) return pending(run.runId, run.sessionId);
    if (!stream) return answerWithRun(run, { onCut });
    // One that is kept has not all of its events here.
    if (run.tail === undefined) return eventStreamResponse(await openEventStream(run, { onCut }));
    const { toJson, openReader, firstIndex } = run;
    const follower = runs.follow(run.runNo, firstIndex - 1);
    return eventStreamResponse(openFollowStream({ follower, toJson, openReader, onCut, firstIndex }));
  }

  /** The request was sent before: it begins nothing. */
  async function answerKnown(
    { runId, key }: Extract<AcceptedRun, { type: "known" }>,
    { form, access }: AnsweredRequest,
  ): Promise<Response> {
    const { component, sessionId } = key;
    const place = await store.findPlace(access.dataScope, { component, runId, sessionId });
    if (place === undefined) return notFound("Run not found");
    const isLive = place.status === "RUNNING" || place.status === "PENDING";
    if (form.background && !form.stream && isLive) return pending(runId, sessionId);
    if (form.background && form.stream && place.hasEvents && place.firstIndex === 0) {
      const readers = runs.openReaders(access, FOLLOWER_BYTES);
      if (!readers.ok) return answerFault(readers.fault, { access, route });
      return eventStreamResponse(
        openFollowStream({
          follower: runs.follow(place.runNo, -1),
          toJson: createEventsOf(place.output, runtime.clock).toJson,
          openReader: readers.value.open,
          onCut: onCutOf(runId),
        }),
      );
    }
    if (isLive)
      return faultResponse(
        inputFault(
          409,
          `The request with this Idempotency-Key is still running as run ${runId}: send it again when that has ended`,
        ),
      );
    const state = (await store.findSession(access.dataScope, place.key))?.state ?? {};
    if (!form.stream) return jsonTextResponse(withState(JSON.stringify(place.output), JSON.stringify(state)));
    const run = await store.findRun(access.dataScope, place.key, runId);
    const events = run === undefined ? [] : showEvents(run, state);
    return eventStreamResponse(streamTexts(events.map(({ event, json }) => encodeFrame(event, json))));
  }

  return async (accepted, request) => {
    if (accepted.type === "begun") return answerBegun(accepted.run, request.form);
    if (accepted.type === "known") return answerKnown(accepted, request);
    return pending(accepted.runId, accepted.sessionId);
  };
}

/** It is kept: whoever asks for it finds it from now on. */
function pending(runId: string, sessionId: string): Response {
  return jsonResponse({ run_id: runId, session_id: sessionId, status: "PENDING" }, { status: 202 });
}
