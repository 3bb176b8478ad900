/** All instances, with their state and what does not fit; and one's own drafts, to go on with. */

import { Link } from "@tanstack/react-router";
import { Plug, Server } from "lucide-react";
import { Badge } from "../../components/badge.tsx";
import { Button, ButtonLink } from "../../components/button.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import { InstanceStatus } from "../../components/instance-status.tsx";
import { PageHeader, Section } from "../../components/page-header.tsx";
import { QueryView } from "../../components/query-view.tsx";
import { RelativeTime } from "../../components/relative-time.tsx";
import { DisabledControl } from "../../components/requires-scope.tsx";
import { type Column, rowLinkClasses, Table } from "../../components/table.tsx";
import type { Instance } from "../../lib/instance-state.ts";
import { useInstanceProbe } from "../../lib/instance-watch.ts";
import { useInstances } from "../../lib/instances.ts";
import { useMissingScopes } from "../../lib/session.ts";
import { asSentence } from "../../lib/words.ts";

const INSTANCE_COLUMNS: readonly Column<Instance>[] = [
  {
    id: "name",
    title: "Name",
    render: ({ id, name, endpoint }) => (
      <span className="flex min-w-0 flex-col">
        <Link
          to="/i/$instanceId/instance"
          params={{ instanceId: id }}
          className={rowLinkClasses}
          data-row-link
        >
          {name}
        </Link>
        <code className="truncate font-mono text-xs text-ink-soft">{endpoint}</code>
      </span>
    ),
  },
  { id: "state", title: "State", render: (instance) => <WatchedState instance={instance} /> },
  { id: "guard", title: "Guarded by", isMinor: true, render: describeGuard },
  {
    id: "version",
    title: "Version",
    isMinor: true,
    render: ({ version }) =>
      version === null ? (
        <span className="text-ink-soft">not known</span>
      ) : (
        <code className="font-mono text-xs">{version}</code>
      ),
  },
  {
    id: "environment",
    title: "Environment",
    isMinor: true,
    render: ({ environment, tags }) => (
      <span className="flex flex-wrap gap-1">
        <Badge tone={environment === "live" ? "accent" : "neutral"}>
          {environment === "live" ? "Live" : "Local"}
        </Badge>
        {tags.map((tag) => (
          <Badge key={tag}>{tag}</Badge>
        ))}
      </span>
    ),
  },
];

function describeGuard({ desired: { authorization, security_key: key } }: Instance): string {
  if (authorization && key) return "both switches";
  if (authorization) return "Authorization (JWT)";
  return key ? "Security key" : "nothing";
}

/** Each is looked at once while the list is shown, so that the state is that of now. */
function WatchedState({ instance }: { readonly instance: Instance }) {
  const { isFetching, data } = useInstanceProbe(instance, { isSettled: true });
  const isFirst = isFetching && data === undefined;
  const [problem] = instance.findings;
  return (
    <span className="flex min-w-0 flex-col">
      <InstanceStatus instance={instance} isBusy={isFirst} />
      {problem === undefined || isFirst ? null : (
        <span className="line-clamp-2 max-w-80 text-xs text-ink-soft">{asSentence(problem.title)}</span>
      )}
    </span>
  );
}

const DRAFT_COLUMNS: readonly Column<Instance>[] = [
  {
    id: "name",
    title: "Name",
    render: ({ id, name }) => (
      <Link to="/connect/$instanceId" params={{ instanceId: id }} className={rowLinkClasses} data-row-link>
        {name}
      </Link>
    ),
  },
  {
    id: "address",
    title: "Address",
    render: ({ endpoint }) => (
      <code className="font-mono text-xs text-ink-soft">{endpoint ?? "none yet"}</code>
    ),
  },
  {
    id: "begun",
    title: "Begun",
    isMinor: true,
    render: ({ created_at: at }) => <RelativeTime seconds={at} />,
  },
];

export function InstancesPage() {
  const query = useInstances();
  return (
    <QueryView query={query} what="the instances">
      {({ data }) => {
        const connected = data.filter(({ is_draft }) => !is_draft);
        const drafts = data.filter(({ is_draft }) => is_draft);
        return (
          <>
            <PageHeader
              title="Instances"
              description="AgentOS instances of this organization, their switches and their keys."
              actions={connected.length === 0 ? null : <ConnectButton />}
            />
            {connected.length === 0 ? (
              <EmptyState icon={<Server />} title="No instance yet" action={<ConnectButton />}>
                An instance is an AgentOS that this organization uses. Connect one by its address: the console
                checks step by step what stands between, and says what to do.
              </EmptyState>
            ) : (
              <Table label="Instances" columns={INSTANCE_COLUMNS} rows={connected} keyOf={({ id }) => id} />
            )}
            {drafts.length === 0 ? null : (
              <Section title="Your drafts" description="Begun, and not connected yet. Only you see them.">
                <Table label="Drafts" columns={DRAFT_COLUMNS} rows={drafts} keyOf={({ id }) => id} />
              </Section>
            )}
          </>
        );
      }}
    </QueryView>
  );
}

function ConnectButton() {
  const missing = useMissingScopes(["os:connect"]);
  if (missing !== undefined)
    return (
      <DisabledControl missing={missing}>
        <Button variant="primary" icon={<Plug aria-hidden />}>
          Connect an instance
        </Button>
      </DisabledControl>
    );
  return (
    <ButtonLink to="/connect" variant="primary" icon={<Plug aria-hidden />}>
      Connect an instance
    </ButtonLink>
  );
}
