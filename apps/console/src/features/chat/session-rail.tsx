/** Sessions with this agent, beside the chat; the page of sessions has all that can be done with them. */
import { Link } from "@tanstack/react-router";
import { SquarePen } from "lucide-react";
import { Button, ButtonLink } from "../../components/button.tsx";
import { Skeleton } from "../../components/skeleton.tsx";
import { TextLink } from "../../components/text-link.tsx";
import { cx } from "../../lib/cx.ts";
import { isSessionOver, sayCause } from "../../lib/describe-fault.ts";
import { CHAT_ROUTES, KINDS, type RunnableKind, SESSION_ROUTES } from "../../lib/runnable-kinds.ts";
import { nameOfSession, useSessions } from "../../lib/sessions.ts";

export interface SessionRailProps {
  readonly instanceId: string;
  readonly kind: RunnableKind;
  readonly agentId: string;
  readonly sessionId: string | undefined;
}

export function SessionRail({ instanceId, kind, agentId, sessionId }: SessionRailProps) {
  const { data, error, isFetching, refetch } = useSessions({ kind, agentId, search: "", page: 1, limit: 30 });
  return (
    <nav
      aria-label={`Sessions with this ${KINDS[kind].type}`}
      className="hidden min-h-0 flex-col border-r border-line bg-canvas lg:flex"
    >
      <div className="flex h-12 shrink-0 items-center justify-between gap-2 border-b border-line pr-2 pl-4">
        <h2 className="text-sm font-medium text-ink">Sessions</h2>
        <ButtonLink
          size="sm"
          variant="ghost"
          icon={<SquarePen aria-hidden />}
          to={CHAT_ROUTES[kind]}
          params={{ instanceId, agentId }}
        >
          New chat
        </ButtonLink>
      </div>
      <ul className="flex min-h-0 flex-1 flex-col gap-0.5 overflow-y-auto p-2">
        {data === undefined && error === null ? <Skeleton label="Loading the sessions" lines={4} /> : null}
        {error === null || isSessionOver(error) ? null : (
          <li className="flex flex-col items-start gap-2 px-2 py-1 text-xs text-ink-soft">
            The sessions could not be loaded. {sayCause(error)}
            <Button size="sm" isBusy={isFetching} onClick={() => void refetch()}>
              Try again
            </Button>
          </li>
        )}
        {data?.data.length === 0 ? (
          <li className="px-2 py-1 text-xs text-ink-soft">No chats with this {KINDS[kind].type} yet.</li>
        ) : null}
        {data?.data.map((session) => (
          <li key={session.session_id}>
            <Link
              to={SESSION_ROUTES[kind]}
              params={{ instanceId, agentId, sessionId: session.session_id }}
              aria-current={session.session_id === sessionId ? "page" : undefined}
              className={cx(
                "flex h-8 items-center rounded-md px-2 text-sm transition-colors hover:bg-hover",
                session.session_id === sessionId ? "bg-hover font-medium text-ink" : "text-ink-soft",
              )}
            >
              <span className="truncate">{nameOfSession(session)}</span>
            </Link>
          </li>
        ))}
      </ul>
      <div className="shrink-0 border-t border-line px-4 py-2 text-xs">
        <TextLink
          to="/i/$instanceId/sessions"
          params={{ instanceId }}
          search={{ [KINDS[kind].type]: agentId }}
        >
          All sessions
        </TextLink>
      </div>
    </nav>
  );
}
