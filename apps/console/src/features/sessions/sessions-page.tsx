/** Conversations of an instance: find one by its name, go on with it, rename it, delete it. */
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { Ellipsis, History, Pencil, Search, SearchX, SquarePen, Trash2 } from "lucide-react";
import { useEffect, useState } from "react";
import { Button, ButtonLink } from "../../components/button.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import { Field } from "../../components/field.tsx";
import { IconButton } from "../../components/icon-button.tsx";
import { InstanceQueryView } from "../../components/instance-query-view.tsx";
import { Menu, MenuItem } from "../../components/menu.tsx";
import { PageHeader } from "../../components/page-header.tsx";
import { RelativeTime } from "../../components/relative-time.tsx";
import { Select } from "../../components/select.tsx";
import { type Column, rowLinkClasses, Table } from "../../components/table.tsx";
import { TextInput } from "../../components/text-input.tsx";
import { cx } from "../../lib/cx.ts";
import { instanceRoute } from "../../lib/parent-routes.ts";
import { KINDS, type RunnableKind, SESSION_ROUTES } from "../../lib/runnable-kinds.ts";
import { useRunnables } from "../../lib/runnables.ts";
import {
  nameOfSession,
  ownerOf,
  SEARCHED_SESSIONS,
  type SessionPage,
  type SessionRow,
  useSessions,
} from "../../lib/sessions.ts";
import { clip, countOf } from "../../lib/words.ts";
import { DeleteDialog, RenameDialog } from "./session-dialogs.tsx";
import { listOptions, readChoice } from "./whose-sessions.ts";

/** By its name: the file of the route imports this one. */
const route = getRouteApi("/shell/i/$instanceId/sessions");
const PAGE_SIZE = 25;

export function SessionsPage() {
  const { instanceId } = instanceRoute.useParams();
  const { agent, team, workflow, q = "", page = 1 } = route.useSearch();
  const navigate = useNavigate({ from: "/i/$instanceId/sessions" });
  const runnables = useRunnables();
  const kind: RunnableKind = team !== undefined ? "teams" : workflow !== undefined ? "workflows" : "agents";
  const agentId = (team ?? workflow ?? agent) || undefined;
  const query = useSessions({ kind, agentId, search: q, page, limit: PAGE_SIZE });
  const names = new Map(runnables[kind].map(({ id, name }) => [id, clip(name, 60)]));
  const isFiltered = agentId !== undefined || q !== "";
  const chosen = `${kind} ${agentId ?? ""}`;
  const options = listOptions(runnables);
  // Nothing is there to be found.
  const isEmpty = query.data?.data.length === 0 && !isFiltered && kind === "agents" && page === 1;
  return (
    <>
      <PageHeader
        title="Sessions"
        description="Your chats on this instance. Continue one, or find it by its name."
        actions={
          isEmpty ? undefined : (
            <ButtonLink to="/i/$instanceId/chat" params={{ instanceId }} icon={<SquarePen aria-hidden />}>
              New chat
            </ButtonLink>
          )
        }
      />
      <div className={cx("-mb-3 flex flex-wrap items-end gap-2", isEmpty && "hidden")}>
        <div className="w-full sm:w-72">
          <SearchField
            value={q}
            onChange={(next) =>
              void navigate({
                search: ({ q: _, page: __, ...kept }) => ({ ...kept, ...(next === "" ? {} : { q: next }) }),
                replace: true,
              })
            }
          />
        </div>
        <div className="w-full sm:w-56">
          <Field label="Whose sessions" isLabelHidden>
            <Select
              value={chosen}
              onChange={(next) =>
                void navigate({ search: { ...readChoice(next), ...(q === "" ? {} : { q }) } })
              }
              options={
                options.some(({ value }) => value === chosen)
                  ? options
                  : [...options, { value: chosen, label: clip(agentId ?? KINDS[kind].titles, 60) }]
              }
            />
          </Field>
        </div>
      </div>
      <InstanceQueryView
        query={query}
        what="the sessions"
        instanceId={instanceId}
        ask={(client) => client.sessions.list({ query: { type: KINDS[kind].type, limit: 1 } })}
      >
        {(found) => (
          <SessionTable
            found={found}
            kind={kind}
            instanceId={instanceId}
            names={names}
            isFiltered={isFiltered}
            page={page}
            onPage={(next) => void navigate({ search: (before) => ({ ...before, page: next }) })}
          />
        )}
      </InstanceQueryView>
    </>
  );
}

/** The address follows a moment after the last letter. */
function SearchField({
  value,
  onChange,
}: {
  readonly value: string;
  readonly onChange: (value: string) => void;
}) {
  const [held, setHeld] = useState({ text: value, seen: value, sent: value });
  // Another address has another text, unless it is what was typed here: there may be more letters by now.
  if (held.seen !== value) setHeld({ ...held, text: value === held.sent ? held.text : value, seen: value });
  const { text } = held;
  useEffect(() => {
    if (text === value) return undefined;
    const timer = setTimeout(() => {
      setHeld((before) => ({ ...before, sent: text }));
      onChange(text);
    }, 250);
    return () => clearTimeout(timer);
  }, [text, value, onChange]);
  return (
    <Field label="Search by name" isLabelHidden>
      <TextInput
        type="search"
        icon={<Search aria-hidden />}
        placeholder="Search by name"
        value={text}
        maxLength={200}
        onChange={({ target }) => setHeld({ ...held, text: target.value })}
        onClear={() => setHeld({ ...held, text: "" })}
      />
    </Field>
  );
}

interface SessionTableProps {
  readonly found: SessionPage;
  readonly kind: RunnableKind;
  readonly instanceId: string;
  readonly names: ReadonlyMap<string, string>;
  readonly isFiltered: boolean;
  readonly page: number;
  readonly onPage: (page: number) => void;
}

function SessionTable({ found, kind, instanceId, names, isFiltered, page, onPage }: SessionTableProps) {
  const [renaming, setRenaming] = useState<SessionRow>();
  const [deleting, setDeleting] = useState<SessionRow>();
  const columns: readonly Column<SessionRow>[] = [
    {
      id: "name",
      title: "Name",
      render(session) {
        const agentId = ownerOf(session, kind);
        const whose = agentId === undefined ? "" : (names.get(agentId) ?? clip(agentId, 60));
        const name =
          agentId === undefined ? (
            <span className="font-medium text-ink">{nameOfSession(session)}</span>
          ) : (
            <Link
              data-row-link
              to={SESSION_ROUTES[kind]}
              params={{ instanceId, agentId, sessionId: session.session_id }}
              className={`${rowLinkClasses} line-clamp-1 wrap-anywhere`}
            >
              {nameOfSession(session)}
            </Link>
          );
        return (
          <span className="flex min-w-0 flex-col">
            {name}
            <span className="truncate text-xs text-ink-soft md:hidden">{whose}</span>
          </span>
        );
      },
    },
    {
      id: "agent",
      title: KINDS[kind].title,
      isMinor: true,
      width: "w-44",
      render(session) {
        const id = ownerOf(session, kind);
        return (
          <span className="text-ink-soft">{id === undefined ? "" : (names.get(id) ?? clip(id, 60))}</span>
        );
      },
    },
    {
      id: "tokens",
      title: "Tokens",
      isMinor: true,
      width: "w-24",
      align: "end",
      render: ({ total_tokens: tokens }) => (
        <span className="text-ink-soft tabular-nums">{tokens ? tokens.toLocaleString("en") : "–"}</span>
      ),
    },
    {
      id: "when",
      title: "Last used",
      width: "w-28",
      align: "end",
      render: ({ updated_at, created_at }) => {
        const seconds = Date.parse(updated_at ?? created_at ?? "") / 1000;
        return (
          <span className="relative z-1 whitespace-nowrap text-ink-soft">
            {Number.isFinite(seconds) ? <RelativeTime seconds={seconds} /> : "–"}
          </span>
        );
      },
    },
    {
      id: "actions",
      title: "Actions",
      isTitleHidden: true,
      align: "end",
      width: "w-16",
      render: (session) => (
        <span className="relative z-1">
          <Menu
            align="end"
            trigger={
              <IconButton
                label={`Actions for ${nameOfSession(session)}`}
                icon={<Ellipsis aria-hidden />}
                hasTooltip={false}
              />
            }
          >
            <MenuItem icon={<Pencil aria-hidden />} onSelect={() => setRenaming(session)}>
              Rename…
            </MenuItem>
            <MenuItem icon={<Trash2 aria-hidden />} isDanger onSelect={() => setDeleting(session)}>
              Delete…
            </MenuItem>
          </Menu>
        </span>
      ),
    },
  ];
  const total = found.meta.total_count;
  const pages = Math.max(1, found.meta.total_pages);
  return (
    <>
      <Table
        label="Sessions"
        columns={columns}
        rows={found.data}
        keyOf={(session) => `${ownerOf(session, kind) ?? ""} ${session.user_id ?? ""} ${session.session_id}`}
        empty={
          isFiltered ? (
            <EmptyState
              icon={<SearchX />}
              title="No session fits"
              action={
                <ButtonLink to="/i/$instanceId/sessions" params={{ instanceId }}>
                  Show all sessions
                </ButtonLink>
              }
            >
              The search looks at the names of your newest {SEARCHED_SESSIONS} sessions: their first message,
              until you rename one.
            </EmptyState>
          ) : (
            <EmptyState
              icon={<History />}
              title="No sessions yet"
              action={
                <ButtonLink to="/i/$instanceId/chat" params={{ instanceId }} variant="primary">
                  Start a chat
                </ButtonLink>
              }
            >
              Each chat is kept as a session. Find one again here by its name, continue it, rename it or
              delete it.
            </EmptyState>
          )
        }
      />
      {found.data.length === 0 && page === 1 ? null : (
        <nav aria-label="Pages" className="flex items-center justify-between gap-3 text-xs text-ink-soft">
          <span className="tabular-nums">
            {countOf(total, "session")}
            {pages > 1 ? ` · page ${page} of ${pages}` : ""}
          </span>
          {pages > 1 || page > 1 ? (
            <span className="flex gap-2">
              <Button size="sm" disabled={page <= 1} onClick={() => onPage(page - 1)}>
                Previous
              </Button>
              <Button size="sm" disabled={page >= pages} onClick={() => onPage(page + 1)}>
                Next
              </Button>
            </span>
          ) : null}
        </nav>
      )}
      {renaming === undefined ? null : (
        <RenameDialog session={renaming} onClose={() => setRenaming(undefined)} />
      )}
      {deleting === undefined ? null : (
        <DeleteDialog session={deleting} onClose={() => setDeleting(undefined)} />
      )}
    </>
  );
}
