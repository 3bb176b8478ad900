/** What an instance has, and what this person may do with each of it. */

import { Link } from "@tanstack/react-router";
import { ArrowRight, Bot, Check, Lock, MessagesSquare, Users, Workflow } from "lucide-react";
import type { ReactNode } from "react";
import { Badge } from "../../components/badge.tsx";
import { Button, ButtonLink } from "../../components/button.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import { InstanceQueryView } from "../../components/instance-query-view.tsx";
import { PageHeader, Section } from "../../components/page-header.tsx";
import { DisabledControl } from "../../components/requires-scope.tsx";
import { Status } from "../../components/status.tsx";
import { useAgents, useInstance, useInstanceQuery } from "../../lib/instance-data.ts";
import { describeInstanceState } from "../../lib/instance-state.ts";
import { readQuickPrompts } from "../../lib/quick-prompts.ts";
import { mayAct } from "../../lib/rights.ts";
import { useMembership, useMissingScopes } from "../../lib/session.ts";
import { clip } from "../../lib/words.ts";
import { type Component, readComponents } from "./read-components.ts";

export function HomePage() {
  const instance = useInstance();
  const agents = useAgents();
  const config = useInstanceQuery(["config"], (client, signal) => client.core.config({}, { signal }), {
    staleMs: 30_000,
  });
  const others = config.data;
  return (
    <>
      <PageHeader
        title={clip(instance.name, 80)}
        facts={<Status {...describeInstanceState(instance)} />}
        description={
          instance.endpoint === null ? undefined : (
            <code className="font-mono text-xs wrap-anywhere">{instance.endpoint}</code>
          )
        }
      />
      <InstanceQueryView
        query={agents}
        what="the agents"
        instanceId={instance.id}
        ask={(client) => client.agents.list()}
      >
        {(list) => {
          const found = readComponents(list);
          return found.length === 0 ? (
            <EmptyState icon={<Bot />} title="No agent that you may read">
              Agents are written in the code of the AgentOS, and appear here when it starts. If there are
              some, your role does not give <code className="font-mono text-xs">agents:read</code> for them.
            </EmptyState>
          ) : (
            <Section title="Agents" description="Pick one, and a chat begins.">
              <Cards>
                {found.map((agent) => (
                  <AgentCard key={agent.id} agent={agent} prompts={readQuickPrompts(config.data, agent.id)} />
                ))}
              </Cards>
            </Section>
          );
        }}
      </InstanceQueryView>
      <OtherSection
        title="Teams"
        icon={<Users aria-hidden />}
        resource="teams"
        components={readComponents(others?.teams)}
      />
      <OtherSection
        title="Workflows"
        icon={<Workflow aria-hidden />}
        resource="workflows"
        components={readComponents(others?.workflows)}
      />
    </>
  );
}

function Cards({ children }: { readonly children: ReactNode }) {
  return <ul className="grid grid-cols-1 gap-3 lg:grid-cols-2">{children}</ul>;
}

/** Whether the scopes of a role count at all: where authorization is off, whoever gets in may do everything. */
function useRight(resource: "agents" | "teams" | "workflows", id: string) {
  const instance = useInstance();
  const { scopes } = useMembership();
  const missing = useMissingScopes([`${resource}:run`]);
  const isOpen = !instance.desired.authorization;
  return {
    isOpen,
    mayRun: isOpen || mayAct(scopes, { resource, id, act: "run" }),
    missing,
  };
}

function AgentCard({ agent, prompts }: { readonly agent: Component; readonly prompts: readonly string[] }) {
  const instance = useInstance();
  const { mayRun, missing } = useRight("agents", agent.id);
  const to = {
    to: "/i/$instanceId/agents/$agentId",
    params: { instanceId: instance.id, agentId: agent.id },
  } as const;
  return (
    <li className="flex min-w-0 flex-col gap-3 rounded-lg border border-line bg-raised p-4">
      <div className="flex min-w-0 items-start gap-3">
        <span
          aria-hidden
          className="flex size-8 shrink-0 items-center justify-center rounded-md border border-line bg-sunken text-ink-soft"
        >
          <Bot className="size-4" />
        </span>
        <div className="flex min-w-0 flex-1 flex-col">
          <h3 className="truncate text-base font-semibold text-ink">{agent.name}</h3>
          <code className="truncate font-mono text-xs text-ink-faint">{agent.id}</code>
        </div>
        {mayRun || missing === undefined ? (
          <ButtonLink size="sm" icon={<MessagesSquare aria-hidden />} {...to}>
            Chat
          </ButtonLink>
        ) : (
          <DisabledControl missing={missing}>
            <Button size="sm" icon={<MessagesSquare aria-hidden />}>
              Chat
            </Button>
          </DisabledControl>
        )}
      </div>
      {agent.description === undefined ? null : (
        <p className="line-clamp-3 text-sm wrap-anywhere text-ink-soft">{agent.description}</p>
      )}
      {prompts.length === 0 || !mayRun ? null : (
        <ul aria-label={`Prompts for ${agent.name}`} className="flex flex-col gap-1">
          {prompts.slice(0, 3).map((prompt) => (
            <li key={prompt} className="min-w-0">
              <Link
                {...to}
                search={{ prompt }}
                className="group flex min-w-0 items-center gap-1.5 rounded-md border border-line px-2.5 py-1.5 text-sm text-ink transition-colors hover:bg-hover"
              >
                <span className="min-w-0 flex-1 truncate">{prompt}</span>
                <ArrowRight aria-hidden className="size-3.5 shrink-0 text-ink-faint" />
              </Link>
            </li>
          ))}
        </ul>
      )}
      <Facts component={agent} resource="agents" />
    </li>
  );
}

function Facts({
  component,
  resource,
}: {
  readonly component: Component;
  readonly resource: "agents" | "teams" | "workflows";
}) {
  const { isOpen, mayRun } = useRight(resource, component.id);
  return (
    <p className="mt-auto flex min-w-0 flex-wrap items-center gap-1.5">
      {isOpen ? (
        <span className="mr-1 text-xs text-ink-soft">Open to everybody: authorization is off</span>
      ) : (
        <span className="mr-1 inline-flex items-center gap-1 text-xs text-ink-soft [&_svg]:size-3.5">
          {mayRun ? <Check aria-hidden className="text-ok-ink" /> : <Lock aria-hidden />}
          {mayRun ? "You may read and run it" : "You may read it, not run it"}
        </span>
      )}
      {component.model === undefined ? null : <Badge isCode>{component.model}</Badge>}
      {component.toolCount === 0 ? null : (
        <Badge>{component.toolCount === 1 ? "1 tool" : `${component.toolCount} tools`}</Badge>
      )}
    </p>
  );
}

interface OtherSectionProps {
  readonly title: string;
  readonly icon: ReactNode;
  readonly resource: "teams" | "workflows";
  readonly components: readonly Component[];
}

function OtherSection({ title, icon, resource, components }: OtherSectionProps) {
  if (components.length === 0) return null;
  return (
    <Section title={title} description="Chats with them come later: call them by their API meanwhile.">
      <Cards>
        {components.map((component) => (
          <li
            key={component.id}
            className="flex min-w-0 flex-col gap-3 rounded-lg border border-line bg-raised p-4"
          >
            <div className="flex min-w-0 items-start gap-3">
              <span
                aria-hidden
                className="flex size-8 shrink-0 items-center justify-center rounded-md border border-line bg-sunken text-ink-soft [&_svg]:size-4"
              >
                {icon}
              </span>
              <div className="flex min-w-0 flex-col">
                <h3 className="truncate text-base font-semibold text-ink">{component.name}</h3>
                <code className="truncate font-mono text-xs text-ink-faint">{component.id}</code>
              </div>
            </div>
            {component.description === undefined ? null : (
              <p className="line-clamp-3 text-sm wrap-anywhere text-ink-soft">{component.description}</p>
            )}
            <Facts component={component} resource={resource} />
          </li>
        ))}
      </Cards>
    </Section>
  );
}
