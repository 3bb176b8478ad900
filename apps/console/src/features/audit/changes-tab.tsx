/** The changes, narrowed by what the address says, each leading to its panel. */
import { Link, useNavigate } from "@tanstack/react-router";
import { ScrollText, X } from "lucide-react";
import { Button } from "../../components/button.tsx";
import { Combobox } from "../../components/combobox.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import { ErrorState } from "../../components/error-state.tsx";
import { LoadMore } from "../../components/load-more.tsx";
import { QueryView } from "../../components/query-view.tsx";
import { RelativeTime } from "../../components/relative-time.tsx";
import { type Column, rowLinkClasses, Table } from "../../components/table.tsx";
import { useMemberNames } from "../../lib/people.ts";
import { countOf } from "../../lib/words.ts";
import { AuditPanel } from "./audit-panel.tsx";
import { type AuditEntry, useAudit } from "./audit-queries.ts";
import type { AuditSearch } from "./audit-search.ts";
import { KNOWN_ACTIONS, titleOfAction } from "./audit-words.ts";
import { Sentence } from "./sentence.tsx";

export function ChangesTab({ search }: { readonly search: AuditSearch }) {
  const { entry, ...filters } = search;
  const navigate = useNavigate();
  const query = useAudit(filters);
  const keptDays = query.data?.pages[0]?.kept_days;
  const isNarrowed = Object.keys(filters).length > 0;
  const columns: readonly Column<AuditEntry>[] = [
    {
      id: "change",
      title: "Change",
      render: (one) => (
        <Link
          to="/audit"
          search={{ ...filters, entry: one.number }}
          resetScroll={false}
          data-row-link
          className={`${rowLinkClasses} font-normal wrap-anywhere`}
        >
          <Sentence entry={one} />
        </Link>
      ),
    },
    {
      id: "address",
      title: "From",
      isMinor: true,
      render: ({ actor }) => <span className="font-mono text-xs text-ink-soft">{actor.address ?? "–"}</span>,
    },
    {
      id: "at",
      title: "When",
      align: "end",
      render: ({ at }) => (
        <span className="relative z-1 text-ink-soft">
          <RelativeTime seconds={at} />
        </span>
      ),
    },
  ];
  return (
    <div className="flex flex-col gap-3">
      <Filters filters={filters} entries={query.data?.pages.flatMap(({ data }) => data) ?? []} />
      <QueryView query={query} what="the changes">
        {({ pages }) => (
          <Table
            label="Changes"
            columns={columns}
            rows={pages.flatMap(({ data }) => data)}
            keyOf={({ number }) => String(number)}
            empty={
              <EmptyState
                icon={<ScrollText />}
                title={isNarrowed ? "No change fits" : "No changes yet"}
                action={
                  isNarrowed ? (
                    <Button onClick={() => void navigate({ to: "/audit", search: {} })}>
                      Show all changes
                    </Button>
                  ) : undefined
                }
              >
                {isNarrowed
                  ? "Nothing that was done here fits all of the filters."
                  : "Every change is written down here: who made it, what it was before and after, and where it came from."}
              </EmptyState>
            }
          />
        )}
      </QueryView>
      {query.isFetchNextPageError ? (
        <ErrorState error={query.error} onRetry={() => void query.fetchNextPage()} />
      ) : null}
      <LoadMore query={query} what="older changes" />
      {keptDays === undefined ? null : (
        <p className="text-xs text-ink-soft">Each is kept for {countOf(keptDays, "day")}.</p>
      )}
      <AuditPanel number={entry} filters={filters} />
    </div>
  );
}

function Filters({
  filters,
  entries,
}: {
  readonly filters: Omit<AuditSearch, "entry">;
  readonly entries: readonly AuditEntry[];
}) {
  const navigate = useNavigate();
  const members = useMemberNames();
  const { action, person, target } = filters;
  function narrow(change: { readonly [Name in "action" | "person" | "target"]?: string | null }) {
    const next = { action, person, target, ...change };
    void navigate({
      to: "/audit",
      replace: true,
      search: Object.fromEntries(Object.entries(next).filter(([, value]) => typeof value === "string")),
    });
  }
  // Who was removed is no member, and has done things.
  const people = new Map(members);
  for (const { actor } of entries)
    if (actor.person_id !== null && !people.has(actor.person_id))
      people.set(actor.person_id, actor.name ?? actor.person_id);
  if (person !== undefined && !people.has(person)) people.set(person, person);
  const targetName = entries.find((entry) => entry.target.id === target)?.target.name ?? target;
  const actions = new Set([...KNOWN_ACTIONS, ...entries.map((entry) => entry.action)]);
  if (action !== undefined) actions.add(action);
  return (
    <search className="grid grid-cols-2 items-center gap-2 sm:flex sm:flex-wrap">
      <div className="min-w-0 sm:w-56">
        <Combobox
          label="Action"
          placeholder="Any action"
          isFilter
          options={[...actions]
            .toSorted()
            .map((value) => ({ value, label: titleOfAction(value), hint: value }))}
          value={action ?? null}
          onChange={(value) => narrow({ action: value })}
          emptyText="There is no such action."
        />
      </div>
      <div className="min-w-0 sm:w-56">
        <Combobox
          label="Person"
          placeholder="Anybody"
          isFilter
          options={[...people].map(([value, label]) => ({ value, label }))}
          value={person ?? null}
          onChange={(value) => narrow({ person: value })}
          emptyText="Nobody of this name has changed anything."
        />
      </div>
      {target === undefined ? null : (
        <span className="col-span-2 inline-flex h-8 max-w-full min-w-0 items-center gap-1 rounded-md border border-control bg-raised pr-1 pl-2.5 text-sm">
          <span className="text-ink-soft">Target</span>
          <span className="min-w-0 truncate font-medium">{targetName}</span>
          <Button
            size="sm"
            variant="ghost"
            aria-label="Any target"
            icon={<X aria-hidden />}
            onClick={() => narrow({ target: null })}
          />
        </span>
      )}
      {action === undefined && person === undefined && target === undefined ? null : (
        <Button variant="ghost" onClick={() => void navigate({ to: "/audit", search: {} })}>
          Clear
        </Button>
      )}
    </search>
  );
}
