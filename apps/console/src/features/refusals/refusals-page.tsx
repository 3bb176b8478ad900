/** Everything that the instance has refused, as it comes in: equal refusals are one row. */
import { getRouteApi, Link } from "@tanstack/react-router";
import { ShieldCheck } from "lucide-react";
import { ButtonLink } from "../../components/button.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import { InstanceQueryView } from "../../components/instance-query-view.tsx";
import { PageHeader } from "../../components/page-header.tsx";
import { RelativeTime } from "../../components/relative-time.tsx";
import { type Column, rowLinkClasses, Table } from "../../components/table.tsx";
import { cx } from "../../lib/cx.ts";
import type { Denial } from "../../lib/explain-refusal.ts";
import { useInstance } from "../../lib/instance-data.ts";
import type { Instance } from "../../lib/instance-state.ts";
import { useMemberNames } from "../../lib/people.ts";
import { useMembership } from "../../lib/session.ts";
import { asSentence, clip } from "../../lib/words.ts";
import { AccessCheck } from "./access-check.tsx";
import { FilterBar } from "./filter-bar.tsx";
import { OpenRefusal } from "./open-refusal.tsx";
import type { DenialList } from "./read-denials.ts";
import { isFiltered, type RefusalFilters } from "./refusal-filters.ts";
import { useDenials } from "./use-denials.ts";

const refusalsRoute = getRouteApi("/shell/i/$instanceId/refusals");

export function RefusalsPage() {
  const instance = useInstance();
  const seesAll = useMembership().scopes.includes("authz:read");
  return (
    <>
      <PageHeader
        title="Refusals"
        description={
          seesAll
            ? "Requests that were refused, newest first. Repeats share a row."
            : "Requests of yours that were refused, newest first. Repeats share a row."
        }
      />
      <Recorded key={instance.id} instance={instance} seesAll={seesAll} />
      <AccessCheck key={`check ${instance.id}`} instance={instance} />
    </>
  );
}

interface RecordedProps {
  readonly instance: Instance;
  readonly seesAll: boolean;
}

function Recorded({ instance, seesAll }: RecordedProps) {
  const filters = refusalsRoute.useSearch();
  const query = useDenials(instance, filters);
  if (query.error !== null && keepsNoRecord(query.error)) return <NoRecord />;
  return (
    <InstanceQueryView
      query={query}
      what="the refusals"
      instanceId={instance.id}
      ask={(client) => client.denials.list()}
    >
      {(list) => <RefusalList instance={instance} list={list} filters={filters} seesAll={seesAll} />}
    </InstanceQueryView>
  );
}

/** A Python AgentOS has no such route. */
function keepsNoRecord(error: { readonly kind: string; readonly status?: number; readonly reason?: string }) {
  return error.status === 404 || error.reason === "not-agentos";
}

function NoRecord() {
  return (
    <EmptyState icon={<ShieldCheck />} title="This AgentOS keeps no record of refusals">
      What it refuses to this browser is explained where it happens. A record of all of them, with the checks
      of each, is kept by an AgentOS for TypeScript. Below you can try what you may do here now.
    </EmptyState>
  );
}

interface RefusalListProps extends RecordedProps {
  readonly list: DenialList;
  readonly filters: RefusalFilters;
}

function RefusalList({ instance, list, filters, seesAll }: RefusalListProps) {
  const params = { instanceId: instance.id };
  const names = useMemberNames();
  const { total_pages: pages } = list.meta;
  const page = filters.page ?? 1;
  const open = <OpenRefusal instance={instance} list={list} filters={filters} />;
  if (list.data.length === 0 && !isFiltered(filters) && page === 1)
    return (
      <>
        <NothingRefused />
        {open}
      </>
    );
  return (
    <div className="flex min-w-0 flex-col gap-3">
      <FilterBar instance={instance} filters={filters} seesAll={seesAll} />
      <Table
        label="Refusals"
        columns={columnsFor({ instanceId: instance.id, filters, names: seesAll ? names : undefined })}
        rows={list.data}
        keyOf={({ denial_id }) => denial_id}
        empty={
          <EmptyState icon={<ShieldCheck />} title="Nothing fits these filters">
            Other refusals may be recorded: clear the filters to see them.
          </EmptyState>
        }
      />
      {pages <= 1 ? null : (
        <nav aria-label="Pages" className="flex items-center justify-end gap-2 text-xs text-ink-soft">
          Page {page} of {pages}
          {page === 1 ? null : (
            <ButtonLink
              size="sm"
              to="/i/$instanceId/refusals"
              params={params}
              search={{ ...filters, page: page - 1 }}
            >
              Newer
            </ButtonLink>
          )}
          {page >= pages ? null : (
            <ButtonLink
              size="sm"
              to="/i/$instanceId/refusals"
              params={params}
              search={{ ...filters, page: page + 1 }}
            >
              Older
            </ButtonLink>
          )}
        </nav>
      )}
      {open}
    </div>
  );
}

function NothingRefused() {
  return (
    <EmptyState icon={<ShieldCheck />} title="Nothing was refused">
      When this instance refuses a request, it stands here with its cause, the evidence, and the button or
      command that fixes it. Below you can try what you may do here now.
    </EmptyState>
  );
}

interface ColumnsInput {
  readonly instanceId: string;
  readonly filters: RefusalFilters;
  /** Of members; undefined where only one's own refusals are seen. */
  readonly names: ReadonlyMap<string, string> | undefined;
}

function columnsFor({ instanceId, filters, names }: ColumnsInput): readonly Column<Denial>[] {
  const who: Column<Denial> = {
    id: "who",
    title: "Who",
    isMinor: true,
    render: (denial) => (denial.view === "operator" ? <Who {...denial} names={names} /> : null),
  };
  return [
    {
      id: "cause",
      title: "Cause",
      render: ({ denial_id: open, title, code }) => (
        <span className="flex min-w-0 flex-col py-0.5">
          <Link
            to="/i/$instanceId/refusals"
            params={{ instanceId }}
            search={{ ...filters, open }}
            resetScroll={false}
            data-row-link
            className={rowLinkClasses}
          >
            {asSentence(clip(title, 160))}
          </Link>
          <code className="font-mono text-xs text-ink-soft wrap-anywhere">{code}</code>
        </span>
      ),
    },
    {
      id: "route",
      title: "Request",
      isMinor: true,
      render: ({ route }) => (
        <code className="block max-w-56 truncate font-mono text-xs text-ink-soft">{route}</code>
      ),
    },
    ...(names === undefined ? [] : [who]),
    {
      id: "count",
      title: "Times",
      align: "end",
      render: ({ count }) => <span className="tabular-nums">{count.toLocaleString("en")}</span>,
    },
    {
      id: "first",
      title: "First",
      isMinor: true,
      align: "end",
      render: ({ created_at: at }) => <RelativeTime seconds={at} />,
    },
    {
      id: "last",
      title: "Last",
      align: "end",
      render: ({ last_seen_at: at }) => <RelativeTime seconds={at} />,
    },
  ];
}

interface WhoProps {
  readonly subject: string | null;
  readonly client: string | null;
  readonly names: ReadonlyMap<string, string> | undefined;
}

/** The name of a person; else the id or the address that the instance has recorded. */
function Who({ subject, client, names }: WhoProps) {
  const name = names?.get(subject ?? "");
  const shown = name ?? subject ?? client;
  return (
    <span
      className={cx(
        "block max-w-40 truncate text-ink-soft",
        name === undefined && shown !== null && "font-mono text-xs",
      )}
    >
      {shown ?? "unknown"}
    </span>
  );
}
