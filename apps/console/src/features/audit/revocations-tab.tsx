/** What was revoked on which instance, and whether it is in force there. */
import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { RotateCw, ShieldCheck } from "lucide-react";
import { Button } from "../../components/button.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import { ErrorState } from "../../components/error-state.tsx";
import { LoadMore } from "../../components/load-more.tsx";
import { QueryView } from "../../components/query-view.tsx";
import { RelativeTime } from "../../components/relative-time.tsx";
import { RequiresScope } from "../../components/requires-scope.tsx";
import { Select } from "../../components/select.tsx";
import { Status } from "../../components/status.tsx";
import { type Column, Table } from "../../components/table.tsx";
import { useMemberNames } from "../../lib/people.ts";
import { useServices } from "../../lib/services.ts";
import { useMembership } from "../../lib/session.ts";
import { asSentence } from "../../lib/words.ts";
import { type Revocation, useRevocations } from "./audit-queries.ts";
import { REVOCATION_STATES, type RevocationState } from "./audit-search.ts";
import { describeReason, describeState } from "./revocation-words.ts";

export function RevocationsTab({ state }: { readonly state: RevocationState | undefined }) {
  const query = useRevocations(state);
  const names = useMemberNames();
  const shown = query.data?.pages.flatMap(({ data }) => data) ?? [];
  const columns: readonly Column<Revocation>[] = [
    {
      id: "what",
      title: "What was revoked",
      render: ({ kind, reason, person_id: person }) => (
        <div className="flex flex-col py-1">
          <span className="text-ink">{describeReason({ kind, reason, name: names.get(person ?? "") })}</span>
          <code className="font-mono text-xs text-ink-soft">{reason}</code>
        </div>
      ),
    },
    {
      id: "instance",
      title: "On",
      isMinor: true,
      render: ({ instance_name: name }) => <span className="block min-w-24 wrap-anywhere">{name}</span>,
    },
    {
      id: "state",
      title: "State",
      render: (revocation) => <StateOf revocation={revocation} />,
    },
    {
      id: "since",
      title: "Since",
      isMinor: true,
      align: "end",
      render: ({ created_at: at }) => (
        <span className="text-ink-soft">
          <RelativeTime seconds={at} />
        </span>
      ),
    },
  ];
  return (
    <div className="flex flex-col gap-3">
      {state === undefined && shown.length === 0 ? null : <Head state={state} shown={shown} />}
      <QueryView query={query} what="the revocations">
        {() => (
          <Table
            label="Revocations"
            columns={columns}
            rows={shown}
            keyOf={({ number }) => String(number)}
            empty={
              <EmptyState
                icon={<ShieldCheck />}
                title={state === undefined ? "Nothing has been revoked" : "None is in this state"}
              >
                When a session ends, a role changes, a member goes or a key is retired, their tokens are
                revoked on every instance. This list shows which instances have applied it.
              </EmptyState>
            }
          />
        )}
      </QueryView>
      <LoadMore query={query} what="older revocations" />
    </div>
  );
}

function StateOf({ revocation }: { readonly revocation: Revocation }) {
  const { state, trouble, until, applied_at: appliedAt } = revocation;
  return (
    <div className="flex flex-col gap-0.5 py-1">
      <Status {...describeState(state)} isBusy={state === "pending" && trouble === null} />
      <span className="text-xs text-ink-soft wrap-anywhere">
        {state === "applied" && appliedAt !== null ? <RelativeTime seconds={appliedAt} /> : null}
        {state === "pending" ? (
          <>
            {trouble === null ? "On its way. " : `${asSentence(trouble)} `}
            Sent again until it is taken, at last <RelativeTime seconds={until} />.
          </>
        ) : null}
        {state === "over"
          ? "The instance did not take it in time. Tokens of before have ended by themselves."
          : null}
      </span>
    </div>
  );
}

interface HeadProps {
  readonly state: RevocationState | undefined;
  readonly shown: readonly Revocation[];
}

function Head({ state, shown }: HeadProps) {
  const { controlPlane, queryClient } = useServices();
  const { organization } = useMembership();
  const navigate = useNavigate();
  const retry = useMutation({
    mutationFn: () => controlPlane.revocations.retry({ parameters: { organization_id: organization.id } }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ["revocations"] }),
  });
  const pending = shown.filter((each) => each.state === "pending").length;
  return (
    <>
      <div className="flex flex-wrap items-center justify-between gap-2">
        <div className="w-full sm:w-48">
          <Select<RevocationState | "all">
            label="State"
            value={state ?? "all"}
            options={[
              { value: "all", label: "Any state" },
              ...REVOCATION_STATES.map((value) => ({ value, label: describeState(value).word })),
            ]}
            onChange={(next) =>
              void navigate({
                to: "/audit",
                replace: true,
                search: { tab: "revocations", ...(next === "all" ? {} : { state: next }) },
              })
            }
          />
        </div>
        {pending === 0 ? null : (
          <RequiresScope scopes={["authz:revoke"]}>
            <Button icon={<RotateCw aria-hidden />} isBusy={retry.isPending} onClick={() => retry.mutate()}>
              Send {pending} pending now
            </Button>
          </RequiresScope>
        )}
      </div>
      {retry.error === null ? null : <ErrorState error={retry.error} isCompact />}
    </>
  );
}
