/** Why an instance refuses what this tab asks of it, as far as that is known: the newest answer counts. */
import { type QueryClient, skipToken, useQuery } from "@tanstack/react-query";
import type { Instance } from "./instance-state.ts";

/** What an answer is about: elsewhere, or with other switches, it says nothing. */
export type AskedInstance = Pick<Instance, "id" | "endpoint" | "desired">;

const keyOf = ({ id, endpoint, desired }: AskedInstance) => ["standing", id, endpoint, desired];

export function noteLetIn(queryClient: QueryClient, instance: AskedInstance): void {
  queryClient.setQueryData<string | null>(keyOf(instance), null);
}

/** What is wrong with a token, or with a role, is no state of the instance. */
export function noteRefused(
  queryClient: QueryClient,
  instance: AskedInstance,
  [cause]: readonly { readonly code: string }[],
): void {
  const standing = cause?.code.startsWith("INSTANCE_") === true ? cause.code : null;
  queryClient.setQueryData<string | null>(keyOf(instance), standing);
}

export function readStanding(queryClient: QueryClient, instance: AskedInstance): string | undefined {
  return queryClient.getQueryData<string | null>(keyOf(instance)) ?? undefined;
}

export function useStanding(instance: AskedInstance): string | undefined {
  const { data } = useQuery<string | null>({ queryKey: keyOf(instance), queryFn: skipToken });
  return data ?? undefined;
}
