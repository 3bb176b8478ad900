/** The refusal of the address, read by its id: the list may be filtered, or have moved on, while somebody mends it. */
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { ShieldQuestion } from "lucide-react";
import { useState } from "react";
import { ButtonLink } from "../../components/button.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import { Section } from "../../components/page-header.tsx";
import { QueryView } from "../../components/query-view.tsx";
import { RefusalBody } from "../../components/refusal-panel.tsx";
import { SidePanel } from "../../components/side-panel.tsx";
import type { Denial } from "../../lib/explain-refusal.ts";
import type { Instance } from "../../lib/instance-state.ts";
import { useMemberNames } from "../../lib/people.ts";
import { toRefusedCall } from "../../lib/recorded-call.ts";
import { useSignedIn } from "../../lib/session.ts";
import { isUsableId } from "../../lib/strangers-names.ts";
import type { DenialList } from "./read-denials.ts";
import { RefusalFacts, RefusalSummary } from "./refusal-facts.tsx";
import type { RefusalFilters } from "./refusal-filters.ts";
import { useDenialQuery } from "./use-denials.ts";

export interface OpenRefusalProps {
  readonly instance: Instance;
  readonly list: DenialList;
  readonly filters: RefusalFilters;
}

export function OpenRefusal({ instance, list, filters }: OpenRefusalProps) {
  const navigate = useNavigate();
  const { open = "", ...search } = filters;
  const isOpen = open !== "" && isUsableId(open);
  const query = useQuery({ ...useDenialQuery(open)(instance), enabled: isOpen });
  // The count and the times of the list are newer.
  const denial = list.data.find(({ denial_id }) => denial_id === open) ?? query.data;
  return (
    <SidePanel
      title="Refusal"
      isOpen={isOpen}
      onOpenChange={(next) => {
        if (!next)
          void navigate({
            to: "/i/$instanceId/refusals",
            params: { instanceId: instance.id },
            search,
            resetScroll: false,
          });
      }}
      actions={
        denial === undefined || denial === null ? null : (
          <ButtonLink
            to="/r/$denialId"
            params={{ denialId: denial.denial_id }}
            search={{ instance: instance.id }}
          >
            Open as a page
          </ButtonLink>
        )
      }
    >
      {denial === null ? (
        <EmptyState icon={<ShieldQuestion />} title="No record that you may read">
          {instance.name} shows you no refusal <code className="font-mono text-xs wrap-anywhere">{open}</code>
          . It may be somebody else's, or the instance has been started again since.
        </EmptyState>
      ) : denial !== undefined ? (
        <PanelBody key={denial.denial_id} denial={denial} instance={instance} />
      ) : isOpen ? (
        <QueryView query={query} what="the refusal">
          {() => null}
        </QueryView>
      ) : null}
    </SidePanel>
  );
}

interface PanelBodyProps {
  readonly denial: Denial;
  readonly instance: Instance;
}

/** The record comes anew with each look at the list; what is being mended stays. */
function PanelBody({ denial, instance }: PanelBodyProps) {
  const { person } = useSignedIn();
  const [call] = useState(() => toRefusedCall(denial, instance, person.id));
  return (
    <>
      <RefusalSummary denial={denial} names={useMemberNames()} />
      <RefusalBody call={call} hasNoPageLink />
      <Section title="Record">
        <RefusalFacts denial={denial} />
      </Section>
    </>
  );
}
