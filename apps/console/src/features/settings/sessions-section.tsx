/** Where the person is signed in. */
import type { ControlPlaneClient } from "@agentos/client";
import { useMutation, useQuery } from "@tanstack/react-query";
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
  const { controlPlane, queryClient } = useServices();
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
      showToast({ title: "Signed out there", description: "The tokens of that sign-in are revoked." });
    },
  });
  const endOthers = useMutation({
    mutationFn: () => controlPlane.account.endOtherSessions(),
    async onSuccess() {
      await refresh();
      showToast({
        title: "Signed out everywhere else",
        description: "The tokens of those sign-ins are revoked.",
      });
    },
  });
  const others = query.data?.data.filter(({ is_current: isCurrent }) => !isCurrent).length ?? 0;
  const columns: readonly Column<OwnSession>[] = [
    {
      id: "browser",
      title: "Browser",
      render: ({ user_agent: userAgent, address, is_current: isCurrent, created_at: at }) => (
        <div className="flex min-w-0 flex-col py-1">
          <span className="flex flex-wrap items-center gap-2">
            <span title={userAgent ?? undefined} className="font-medium text-ink wrap-anywhere">
              {describeUserAgent(userAgent)}
            </span>
            {isCurrent ? <Badge tone="accent">This one</Badge> : null}
          </span>
          <span className="font-mono text-xs text-ink-soft">{address ?? "address not known"}</span>
          <span className="text-xs text-ink-soft md:hidden">
            signed in <RelativeTime seconds={at} />
          </span>
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
      title: "Sign out",
      isTitleHidden: true,
      align: "end",
      render: (session) =>
        session.is_current ? null : (
          <Button
            size="sm"
            isBusy={end.isPending && end.variables === session.id}
            aria-label={`Sign out ${describeUserAgent(session.user_agent)}`}
            onClick={() => end.mutate(session.id)}
          >
            Sign out
          </Button>
        ),
    },
  ];
  const error = end.error ?? endOthers.error;
  return (
    <Section
      title="Where you are signed in"
      level={3}
      description="Each sign-in ends after seven days, and its tokens with it."
      actions={
        others === 0 ? undefined : (
          <Button isBusy={endOthers.isPending} onClick={() => endOthers.mutate()}>
            Sign out {countOf(others, "other browser")}
          </Button>
        )
      }
    >
      {error === null ? null : <ErrorState error={error} isCompact />}
      <QueryView query={query} what="where you are signed in" skeletonLines={3}>
        {({ data }) => (
          <Table label="Where you are signed in" columns={columns} rows={data} keyOf={({ id }) => id} />
        )}
      </QueryView>
    </Section>
  );
}
