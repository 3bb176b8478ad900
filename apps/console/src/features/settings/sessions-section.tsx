/** Where the person is signed in. */
import type { ControlPlaneClient } from "@agentos/client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Badge } from "../../components/badge.tsx";
import { Button } from "../../components/button.tsx";
import { ErrorState } from "../../components/error-state.tsx";
import { Section } from "../../components/page-header.tsx";
import { QueryView } from "../../components/query-view.tsx";
import { RelativeTime } from "../../components/relative-time.tsx";
import { type Column, Table } from "../../components/table.tsx";
import { useToast } from "../../components/toast.tsx";
import { useServices } from "../../lib/services.ts";
import { countOf } from "../../lib/words.ts";
import { describeUserAgent } from "./user-agent-words.ts";

type OwnSession = Awaited<ReturnType<ControlPlaneClient["account"]["listSessions"]>>["data"][number];

export function SessionsSection() {
  const { controlPlane } = useServices();
  const queryClient = useQueryClient();
  const showToast = useToast();
  const query = useQuery({
    queryKey: ["own-sessions"],
    queryFn: ({ signal }) => controlPlane.account.listSessions({}, { signal }),
  });
  const refresh = () => queryClient.invalidateQueries({ queryKey: ["own-sessions"] });
  const end = useMutation({
    mutationFn: (id: string) => controlPlane.account.endSession({ parameters: { session_id: id } }),
    async onSuccess() {
      await refresh();
      showToast({ title: "The session has ended", description: "Its tokens are revoked." });
    },
  });
  const endOthers = useMutation({
    mutationFn: () => controlPlane.account.endOtherSessions(),
    async onSuccess() {
      await refresh();
      showToast({ title: "All other sessions have ended", description: "Their tokens are revoked." });
    },
  });
  const others = query.data?.data.filter(({ is_current: isCurrent }) => !isCurrent).length ?? 0;
  const columns: readonly Column<OwnSession>[] = [
    {
      id: "browser",
      title: "Browser",
      render: ({ user_agent: userAgent, address, is_current: isCurrent }) => (
        <div className="flex min-w-0 flex-col py-1">
          <span className="flex flex-wrap items-center gap-2">
            <span title={userAgent ?? undefined} className="font-medium text-ink wrap-anywhere">
              {describeUserAgent(userAgent)}
            </span>
            {isCurrent ? <Badge tone="accent">This one</Badge> : null}
          </span>
          <span className="font-mono text-xs text-ink-soft">{address ?? "address not known"}</span>
        </div>
      ),
    },
    {
      id: "begun",
      title: "Signed in",
      isMinor: true,
      render: ({ created_at: at }) => <RelativeTime seconds={at} />,
    },
    {
      id: "ends",
      title: "Ends",
      isMinor: true,
      render: ({ expires_at: at }) => <RelativeTime seconds={at} />,
    },
    {
      id: "end",
      title: "End it",
      isTitleHidden: true,
      align: "end",
      render: (session) =>
        session.is_current ? null : (
          <Button
            size="sm"
            isBusy={end.isPending && end.variables === session.id}
            aria-label={`End the session of ${describeUserAgent(session.user_agent)}`}
            onClick={() => end.mutate(session.id)}
          >
            End
          </Button>
        ),
    },
  ];
  const error = end.error ?? endOthers.error;
  return (
    <Section
      title="Sessions"
      description="Where you are signed in. A session ends seven days after it began, and its tokens with it."
      actions={
        others === 0 ? undefined : (
          <Button isBusy={endOthers.isPending} onClick={() => endOthers.mutate()}>
            End {countOf(others, "other session")}
          </Button>
        )
      }
    >
      {error === null ? null : <ErrorState error={error} isCompact />}
      <QueryView query={query} what="your sessions" skeletonLines={3}>
        {({ data }) => <Table label="Your sessions" columns={columns} rows={data} keyOf={({ id }) => id} />}
      </QueryView>
    </Section>
  );
}
