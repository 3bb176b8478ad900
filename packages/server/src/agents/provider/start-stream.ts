/** Starts the stream of a model: retries while it has not started, and lets go of a model that ignores the signal. */
import type { Logger } from "@agentos/guard";
import { callModel, type PartStream } from "./call-model.ts";
import type { ModelObject } from "./model-object.ts";
import type { ModelCall } from "./prompt.ts";
import { findRetryDelay, type RetryPolicy } from "./retry.ts";

/** Rejects with the model's own failure, or with the signal's reason as soon as it aborts. */
export async function startStream(
  model: ModelObject,
  call: ModelCall,
  options: { readonly retry: RetryPolicy; readonly logger: Logger },
): Promise<PartStream> {
  const { retry, logger } = options;
  const signal = call.abortSignal;
  for (let attempt = 0; ; attempt += 1) {
    signal.throwIfAborted();
    try {
      return await startUntilAborted(model, call, signal);
    } catch (cause) {
      signal.throwIfAborted();
      const delay = findRetryDelay(cause, attempt, retry);
      if (delay === undefined) throw cause;
      logger.info(
        { provider: model.provider, model: model.modelId, attempt: attempt + 1, delay_ms: delay, cause },
        "model request is tried again",
      );
      await retry.sleep(delay, signal);
    }
  }
}

function startUntilAborted(model: ModelObject, call: ModelCall, signal: AbortSignal): Promise<PartStream> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    callModel(model, call).then(
      (stream) => {
        signal.removeEventListener("abort", onAbort);
        // Too late: nobody reads it, so the provider's connection is closed here.
        if (signal.aborted) void stream.cancel(signal.reason).catch(() => {});
        resolve(stream);
      },
      (cause: unknown) => {
        signal.removeEventListener("abort", onAbort);
        reject(cause);
      },
    );
  });
}
