/**
 * Takes up the stream of a run again, on any server (contract 5.6): what was missed, then what happens; of a run that has
 * ended, its events as long as they are kept, and then those that are stored with it.
 */
import { type PrefixedKind, RUNNABLE_KINDS } from "@agentos/contract";
import {
  faultResponse,
  notFound,
  type RequestContext,
  type RouteHandler,
  type Runtime,
} from "@agentos/guard/app";
import { createRunEvents } from "../runs/events.ts";
import { parseResumeForm, type ResumeForm } from "../runs/form/parse-resume-form.ts";
import type { RunPlace } from "../runs/run-queue.ts";
import type { Runnable } from "../runs/runnable.ts";
import type { RunService } from "../runs/service.ts";
import type { RunStore } from "../runs/store.ts";
import { KIND_NAMES } from "../sessions/kind-names.ts";
import { SESSION_REQUIRED_IN_BODY } from "../sessions/session-required.ts";
import type { AnswerFault } from "./answer-fault.ts";
import { encodeIndexedFrame, openFollowStream } from "./follow-stream.ts";
import {
  encodeCatchUp,
  encodeReplay,
  encodeStoredReplay,
  encodeSubscribed,
  encodeUnknown,
} from "./resume-frames.ts";
import { eventStreamResponse } from "./sse.ts";
import { showEvents, streamTexts } from "./stored-events.ts";

export interface ResumeRouteOptions<Kind extends PrefixedKind> {
  readonly kind: Kind;
  readonly find: (id: string) => Runnable<Kind> | undefined;
  readonly store: RunStore;
  readonly runs: Pick<RunService, "follow" | "findKept" | "openReaders">;
  readonly runtime: Pick<Runtime, "logger" | "clock">;
  readonly answerFault: AnswerFault;
  /** `METHOD /template`. */
  readonly route: string;
}

interface FoundPlace extends RunPlace {
  /** As it is served now. */
  readonly runnable: Runnable<PrefixedKind>;
}

/** Somebody who follows holds so much, by and large. */
const FOLLOWER_BYTES = 64 * 1024;

export function createResumeRoute<Kind extends PrefixedKind>(
  options: ResumeRouteOptions<Kind>,
): RouteHandler {
  const { kind, find, store, runs, runtime } = options;
  const { idKey } = RUNNABLE_KINDS[kind];

  return async (context) => {
    const { access, parameters, request } = context;
    const componentId = parameters[idKey] ?? "";
    const runnable = find(componentId);
    if (runnable === undefined) return notFound(`${KIND_NAMES[kind]} not found`);
    const form = await parseResumeForm(request);
    if (!form.ok) return refuse(form.fault, context);
    const { sessionId } = form.value;
    const isScoped = access.dataScope.kind !== "all";
    if (isScoped && sessionId === undefined) return faultResponse(SESSION_REQUIRED_IN_BODY);
    const runId = parameters["run_id"] ?? "";
    const component = { kind, id: componentId };
    const place = await store.findPlace(access.dataScope, { component, runId, sessionId });
    if (place !== undefined) return answer({ ...place, runnable }, form.value, context);
    return isScoped ? notFound("Run not found") : eventStreamResponse(streamTexts([encodeUnknown(runId)]));
  };

  function refuse(fault: Parameters<AnswerFault>[0], { access }: RequestContext): Response {
    return options.answerFault(fault, { access, route: options.route });
  }

  async function answer(place: FoundPlace, form: ResumeForm, context: RequestContext): Promise<Response> {
    // One that is ahead of what is seen here is believed: it waits for what comes after.
    const last = Math.max(form.lastEventIndex ?? -1, -1);
    const isLive = place.status === "RUNNING" || place.status === "PENDING";
    // It was paused for longer than its events are kept.
    const isForgotten = place.firstIndex > last + 1;
    if (!place.hasEvents || (isForgotten && !isLive)) return replayStored(place, context);
    const stored = isForgotten ? await encodeStored(place, context) : [];
    const readers = runs.openReaders(context.access, FOLLOWER_BYTES);
    if (!readers.ok) return refuse(readers.fault, context);
    const run = describePlace(place);
    const firstIndex = isForgotten ? place.firstIndex : last + 1;
    // Where it runs here its memory knows better than its row.
    const count = runs.findKept(place.runNo)?.tail?.committed() ?? place.nextIndex;
    const missed = stored.length + Math.max(count - firstIndex, 0);
    const frames = isLive
      ? {
          intro: [missed > 0 ? encodeCatchUp(run, missed, count) : "", ...stored].join(""),
          boundary: { index: count, text: encodeSubscribed(run, count) },
        }
      : { intro: encodeReplay(run, count, form.lastEventIndex) };
    return eventStreamResponse(
      openFollowStream({
        ...frames,
        follower: runs.follow(place.runNo, last),
        firstIndex,
        toJson: createRunEvents({ ...place, sessionId: place.key.sessionId, clock: runtime.clock }).toJson,
        readers: readers.value,
        onCut: ({ message }) =>
          runtime.logger.warn({ run_id: run.runId, reason: message }, "an answer was cut"),
      }),
    );
  }

  async function replayStored(place: RunPlace, context: RequestContext): Promise<Response> {
    const events = await encodeStored(place, context);
    return eventStreamResponse(
      streamTexts([encodeStoredReplay(describePlace(place), events.length), ...events]),
    );
  }

  /** Pieces of the answer are not among them: its output has them whole. */
  async function encodeStored({ key, runId }: RunPlace, { access }: RequestContext) {
    const run = await store.findRun(access.dataScope, key, runId);
    const session = await store.findSession(access.dataScope, key);
    const events = run === undefined ? [] : showEvents(run, session?.state ?? {});
    return events.map(({ event, json }, index) => encodeIndexedFrame(event, json, index));
  }
}

function describePlace({ status, runId }: RunPlace) {
  return { runId, status: status === "RUNNING" ? "running" : status };
}
