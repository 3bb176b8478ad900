/** How answers are kept. Errors of calls are data: a page shows them, and none is thrown past it. */
import { type ClientError, isClientError } from "@agentos/client";
import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { isMembershipOld, isSessionOver } from "./describe-fault.ts";
import type { SessionWatch } from "./session-watch.ts";

declare module "@tanstack/react-query" {
  interface Register {
    defaultError: ClientError;
    queryMeta: { readonly knowsSessionOver?: boolean };
    mutationMeta: { readonly knowsSessionOver?: boolean };
  }
}

export function createQueryClient(sessionWatch: SessionWatch): QueryClient {
  const onError = (error: unknown) => {
    if (isSessionOver(error)) sessionWatch.markOver();
    // Another role, or none any more: what is shown of the person is old.
    if (isMembershipOld(error)) void client.invalidateQueries({ queryKey: ["session"] });
    if (!isClientError(error)) console.error(error);
  };
  /** What was sent before somebody signed in again says nothing about their session. */
  const sentIn = new WeakMap<object, number>();
  const client = new QueryClient({
    queryCache: new QueryCache({
      onError: (error, query) => {
        if (query.meta?.knowsSessionOver !== true) onError(error);
      },
    }),
    mutationCache: new MutationCache({
      onMutate: (_variables, mutation) => {
        sentIn.set(mutation, sessionWatch.signIns());
      },
      onError: (error, _variables, _result, mutation) => {
        const isOld = sentIn.get(mutation) !== sessionWatch.signIns() && isSessionOver(error);
        if (mutation.meta?.knowsSessionOver !== true && !isOld) onError(error);
      },
    }),
    defaultOptions: {
      // The client has tried again already, where that is safe.
      queries: { retry: false, staleTime: 10_000 },
      mutations: { retry: false },
    },
  });
  return client;
}
