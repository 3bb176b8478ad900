/** What a query to an instance has. One that was refused says why, and holds what mends it. */
import type { AgentOSClient } from "@agentos/client";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { isRefused } from "../lib/refused-call.ts";
import { QueryView } from "./query-view.tsx";
import { RefusalPanel } from "./refusal-panel.tsx";

export interface InstanceQueryViewProps<Data> {
  readonly query: UseQueryResult<Data>;
  /** What is loaded, such as "the agents". */
  readonly what: string;
  readonly instanceId: string;
  /** The same request, with a client as things are after the fix. */
  readonly ask: (client: AgentOSClient) => Promise<unknown>;
  readonly children: (data: Data) => ReactNode;
}

export function InstanceQueryView<Data>({
  query,
  what,
  instanceId,
  ask,
  children,
}: InstanceQueryViewProps<Data>) {
  const { error, data, refetch } = query;
  if (data === undefined && isRefused(error))
    return (
      <RefusalPanel
        call={{
          instanceId,
          error,
          title: `Loading ${what} has failed`,
          retry: ask,
          onResolved: () => void refetch(),
        }}
      />
    );
  return (
    <QueryView query={query} what={what}>
      {children}
    </QueryView>
  );
}
