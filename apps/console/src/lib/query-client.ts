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
  const client = new QueryClient({
    queryCache: new QueryCache({
      onError: (error, query) => {
        if (query.meta?.knowsSessionOver !== true) onError(error);
      },
    }),
    mutationCache: new MutationCache({
      onError: (error, _variables, _result, mutation) => {
        if (mutation.meta?.knowsSessionOver !== true) onError(error);
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
