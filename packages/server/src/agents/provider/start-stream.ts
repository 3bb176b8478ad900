/** Starts the stream of a model: retries while it has not started, and lets go of a model that ignores the signal. */
import type { Runtime } from "@agentos/guard/app";
import { callModel, type PartStream } from "./call-model.ts";
import type { ModelObject } from "./model-object.ts";
import type { ModelCall } from "./prompt.ts";
import { decideRetry, type RetryPolicy } from "./retry.ts";

/** How a request began, after how many attempts. */
export type StreamStart =
  | { readonly ok: true; readonly stream: PartStream; readonly attempts: number }
  | {
      readonly ok: false;
      /** The model's own failure, of the last attempt. */
      readonly cause: unknown;
      readonly attempts: number;
      /** Why there was no further one, in words for the log. */
      readonly notRetried: string;
    };

/** Rejects with the signal's reason as soon as it aborts. */
export async function startStream(
  model: ModelObject,
  call: ModelCall,
  options: { readonly retry: RetryPolicy } & Pick<Runtime, "clock" | "logger">,
): Promise<StreamStart> {
  const { retry, clock, logger } = options;
  const signal = call.abortSignal;
  for (let attempt = 0; ; attempt += 1) {
    signal.throwIfAborted();
    try {
      return { ok: true, stream: await startUntilAborted(model, call, signal), attempts: attempt + 1 };
    } catch (cause) {
      signal.throwIfAborted();
      const decision = decideRetry(cause, attempt, { policy: retry, now: clock.now() });
      if ("notRetried" in decision) return { ok: false, cause, attempts: attempt + 1, ...decision };
      logger.info(
        {
          provider: model.provider,
          model: model.modelId,
          attempt: attempt + 1,
          delay_ms: decision.delay,
          cause,
        },
        "model request is tried again",
      );
      await retry.sleep(decision.delay, signal);
    }
  }
}

/** The signal's reason, whatever the model makes of it. */
async function startUntilAborted(
  model: ModelObject,
  call: ModelCall,
  signal: AbortSignal,
): Promise<PartStream> {
  const aborted = Promise.withResolvers<never>();
  const onAbort = () => aborted.reject(toError(signal.reason));
  signal.addEventListener("abort", onAbort, { once: true });
  const starting = callModel(model, call);
  try {
    return await Promise.race([starting, aborted.promise]);
  } catch (cause) {
    // A stream that comes too late is read by nobody, so the provider's connection is closed here.
    void starting.then((stream) => stream.cancel(signal.reason)).catch(() => {});
    throw cause;
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

function toError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error("aborted", { cause: reason });
}
