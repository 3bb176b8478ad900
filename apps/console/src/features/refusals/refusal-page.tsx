/** One refusal, at an address that can be passed on: from cause to green. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { ShieldQuestion } from "lucide-react";
import { useMemo, useState } from "react";
import { ButtonLink } from "../../components/button.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import { InstanceLook } from "../../components/instance-look.tsx";
import { PageHeader, Section } from "../../components/page-header.tsx";
import { QueryView } from "../../components/query-view.tsx";
import { CauseCertainty, describeCause } from "../../components/refusal-cause.tsx";
import { RefusalView } from "../../components/refusal-panel.tsx";
import { RelativeTime } from "../../components/relative-time.tsx";
import { TextLink } from "../../components/text-link.tsx";
import type { Denial } from "../../lib/explain-refusal.ts";
import type { Instance } from "../../lib/instance-state.ts";
import { useInstances } from "../../lib/instances.ts";
import { toRefusedCall } from "../../lib/recorded-call.ts";
import type { RefusedCall } from "../../lib/refused-call.ts";
import { useServices } from "../../lib/services.ts";
import { useSignedIn } from "../../lib/session.ts";
import { type RefusalSession, useRefusalSession } from "../../lib/use-refusal.ts";
import { RefusalFacts } from "./refusal-facts.tsx";
import { useDenialQuery } from "./use-denials.ts";
import { WhoseRefusal } from "./whose-refusal.tsx";

const refusalRoute = getRouteApi("/shell/r/$denialId");

export function RefusalPage() {
  const { denialId } = refusalRoute.useParams();
  const { instance: named } = refusalRoute.useSearch();
  const { refusedCalls } = useServices();
  const instances = useInstances();
  // Of a request of this tab more is known than its record says.
  const call = useMemo(() => refusedCalls.find(denialId, named), [refusedCalls, denialId, named]);
  return (
    <QueryView query={instances} what="the instances">
      {({ data }) =>
        call === undefined ? (
          <RecordedRefusal key={denialId} denialId={denialId} instances={data} />
        ) : (
          <KnownRefusal key={`${call.instanceId} ${denialId}`} call={call} />
        )
      }
    </QueryView>
  );
}

function KnownRefusal({ call }: { readonly call: RefusedCall }) {
  const session = useRefusalSession(call);
  return (
    <>
      <RefusalHeader session={session} />
      <div className="max-w-2xl">
        <RefusalView session={session} hasNoPageLink isTitled />
      </div>
    </>
  );
}

/** The cause is what the page is about. */
function RefusalHeader({ session, at }: { readonly session: RefusalSession; readonly at?: number }) {
  const { explanation, isExplaining, instance } = session;
  const { route, status } = explanation;
  const isPassed = session.state === "passed";
  return (
    <PageHeader
      title={
        isPassed
          ? "This request is let in now"
          : isExplaining
            ? "Finding the cause…"
            : describeCause(session).replace(/\.$/, "")
      }
      facts={isExplaining || isPassed ? undefined : <CauseCertainty session={session} />}
      description={
        <span className="flex flex-wrap items-baseline gap-x-2">
          <code className="font-mono text-xs text-ink wrap-anywhere">{route}</code>
          {status === undefined ? null : <span>· refused with {status}</span>}
          {instance === undefined ? null : <span>· {instance.name}</span>}
          {at === undefined ? null : (
            <span>
              · <RelativeTime seconds={at} />
            </span>
          )}
        </span>
      }
    />
  );
}

interface RecordedRefusalProps {
  readonly denialId: string;
  readonly instances: readonly Instance[];
}

/** The id alone says nothing of who made it: where any of several may have, the person says whose record is meant. */
function RecordedRefusal({ denialId, instances }: RecordedRefusalProps) {
  const { instance: named } = refusalRoute.useSearch();
  const askable = instances.filter(({ endpoint, is_draft }) => !is_draft && endpoint !== null);
  const possible = named === undefined ? askable : askable.filter(({ id }) => id === named);
  const [first, ...others] = possible;
  if (first === undefined) return <UnknownRefusal denialId={denialId} />;
  if (others.length > 0)
    return (
      <WhoseRefusal
        denialId={denialId}
        instances={possible}
        nobody={<UnknownRefusal denialId={denialId} />}
      />
    );
  return <RefusalOf key={first.id} denialId={denialId} instance={first} />;
}

function RefusalOf({ denialId, instance }: { readonly denialId: string; readonly instance: Instance }) {
  const query = useQuery(useDenialQuery(denialId)(instance));
  return (
    <QueryView query={query} what="the refusal">
      {(denial) =>
        denial === null ? (
          <UnknownRefusal denialId={denialId} />
        ) : (
          <FoundRefusal denial={denial} instance={instance} />
        )
      }
    </QueryView>
  );
}

interface FoundDenial {
  readonly denial: Denial;
  readonly instance: Instance;
}

function FoundRefusal({ denial, instance }: FoundDenial) {
  const { person } = useSignedIn();
  // Once: what is being mended stays.
  const [call] = useState(() => toRefusedCall(denial, instance, person.id));
  const session = useRefusalSession(call);
  return (
    <>
      <InstanceLook instance={instance} />
      <RefusalHeader session={session} at={denial.last_seen_at} />
      <div className="grid min-w-0 grid-cols-1 gap-8 lg:grid-cols-[minmax(0,1fr)_20rem]">
        <RefusalView session={session} hasNoPageLink isTitled />
        <aside className="min-w-0">
          <Section
            title="Record"
            actions={
              <TextLink to="/i/$instanceId/refusals" params={{ instanceId: instance.id }} className="text-xs">
                All refusals of {instance.name}
              </TextLink>
            }
          >
            <RefusalFacts denial={denial} />
          </Section>
        </aside>
      </div>
    </>
  );
}

function UnknownRefusal({ denialId }: { readonly denialId: string }) {
  return (
    <>
      <PageHeader title="Refusal" />
      <EmptyState
        icon={<ShieldQuestion />}
        title="No record that you may read"
        action={<ButtonLink to="/">Go home</ButtonLink>}
      >
        No instance shows you a refusal <code className="font-mono text-xs wrap-anywhere">{denialId}</code>.
        It may be somebody else's, which only who holds <code className="font-mono text-xs">authz:read</code>{" "}
        sees; the instance may have been started again since, or not be reachable.
      </EmptyState>
    </>
  );
}
