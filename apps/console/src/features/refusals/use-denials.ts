/** What the instance has recorded: of everybody for who holds `authz:read` there, else one's own. */
import { AgentOSRefusal, isClientError } from "@agentos/client";
import { keepPreviousData, queryOptions, type UseQueryResult } from "@tanstack/react-query";
import type { Denial } from "../../lib/explain-refusal.ts";
import { instanceKey, useInstanceQuery } from "../../lib/instance-data.ts";
import type { Instance } from "../../lib/instance-state.ts";
import { useServices } from "../../lib/services.ts";
import { useMembership } from "../../lib/session.ts";
import {
  type DenialCounts,
  type DenialList,
  readDenial,
  readDenialCounts,
  readDenials,
} from "./read-denials.ts";
import { type RefusalFilters, toDenialQuery } from "./refusal-filters.ts";

const PAGE_SIZE = 50;
/** Values to filter by. */
const COUNTED = 50;
/** While the page is looked at. */
const LIVE_MS = 5_000;

const LIVE = {
  placeholderData: keepPreviousData,
  // One that is refused is not asked again and again: each would be another refusal.
  refetchInterval: ({ state }: { readonly state: { readonly status: string } }) =>
    state.status === "error" ? false : LIVE_MS,
};

export function useDenials(instance: Instance, filters: RefusalFilters): UseQueryResult<DenialList> {
  const { open: _open, ...named } = filters;
  return useInstanceQuery(
    instance,
    ["denials", named],
    async (client, signal) => {
      const query = toDenialQuery(filters, Date.now() / 1_000);
      const found = await client.denials.list(
        { query: { ...query, limit: PAGE_SIZE, page: filters.page ?? 1 } },
        { signal },
      );
      return readDenials(found, PAGE_SIZE);
    },
    LIVE,
  );
}

/** The record of an id, of one instance; null where it shows none, or another one. */
export function useDenialQuery(denialId: string) {
  const { instanceClients } = useServices();
  const { organization } = useMembership();
  return (instance: Instance) =>
    queryOptions<Denial | null>({
      queryKey: ["denial", ...instanceKey(instance), denialId],
      staleTime: Number.POSITIVE_INFINITY,
      async queryFn({ signal }) {
        try {
          const client = await instanceClients.open(organization.id, instance);
          const denial = await client.denials.read({ parameters: { denial_id: denialId } }, { signal });
          return denial.denial_id === denialId ? readDenial(denial) : null;
        } catch (error) {
          const isNone =
            (error instanceof AgentOSRefusal && (error.status === 403 || error.status === 404)) ||
            (isClientError(error) && error.kind === "connection" && error.reason === "not-agentos");
          if (!isNone) throw error;
          return null;
        }
      },
    });
}

/** The values that there are to filter by, most first. */
export function useDenialCounts(
  instance: Instance,
  by: "code" | "route" | "client" | "subject",
): UseQueryResult<DenialCounts> {
  return useInstanceQuery(
    instance,
    ["denial-counts", by],
    async (client, signal) =>
      readDenialCounts(await client.denials.count({ query: { by, limit: COUNTED } }, { signal }), COUNTED),
    LIVE,
  );
}
