/** What a query has: the shape of what is on its way, the fault with its way out, or the answer. */
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { isSessionOver } from "../lib/describe-fault.ts";
import { ErrorState } from "./error-state.tsx";
import { Skeleton } from "./skeleton.tsx";

export interface QueryViewProps<Data> {
  readonly query: UseQueryResult<Data>;
  /** What is loaded, such as "the members". */
  readonly what: string;
  readonly children: (data: Data) => ReactNode;
  readonly skeletonLines?: number;
}

/**
 * An answer that is there stays, also when asking again has failed: then the fault stands above it. That somebody is signed
 * out is told by the shell, once.
 */
export function QueryView<Data>({ query, what, children, skeletonLines = 5 }: QueryViewProps<Data>) {
  const { data, error, isFetching, refetch } = query;
  const fault =
    error === null || isSessionOver(error) ? null : (
      <ErrorState
        error={error}
        title={`Loading ${what} has failed`}
        onRetry={() => void refetch()}
        isRetrying={isFetching}
      />
    );
  if (data === undefined) return fault ?? <Skeleton label={`Loading ${what}`} lines={skeletonLines} />;
  return (
    <>
      {fault === null ? null : <div className="[main:has([data-fills])>&]:m-4">{fault}</div>}
      {children(data)}
    </>
  );
}
