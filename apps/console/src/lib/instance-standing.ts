/** Why an instance refuses what this tab asks of it, as far as that is known: the newest answer counts. */
import { type QueryClient, skipToken, useQuery } from "@tanstack/react-query";

const keyOf = (instanceId: string) => ["standing", instanceId];

export function noteLetIn(queryClient: QueryClient, instanceId: string): void {
  queryClient.setQueryData<string | null>(keyOf(instanceId), null);
}

/** What is wrong with a token, or with a role, is no state of the instance. */
export function noteRefused(
  queryClient: QueryClient,
  instanceId: string,
  [cause]: readonly { readonly code: string }[],
): void {
  if (cause?.code.startsWith("INSTANCE_") === true)
    queryClient.setQueryData<string | null>(keyOf(instanceId), cause.code);
}

export function useStanding(instanceId: string): string | undefined {
  const { data } = useQuery<string | null>({ queryKey: keyOf(instanceId), queryFn: skipToken });
  return data ?? undefined;
}
