/** What an instance has, and what this person may do with each of it. */

import { Link } from "@tanstack/react-router";
import { ArrowRight, Bot, Lock, MessagesSquare } from "lucide-react";
import { Badge } from "../../components/badge.tsx";
import { Button, ButtonLink } from "../../components/button.tsx";
import { CopyableId } from "../../components/copyable-id.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import { InstanceQueryView } from "../../components/instance-query-view.tsx";
import { InstanceStatus } from "../../components/instance-status.tsx";
import { PageHeader, Section } from "../../components/page-header.tsx";
import { DisabledControl } from "../../components/requires-scope.tsx";
import { RunnableIcon } from "../../components/runnable-icon.tsx";
import { TextLink } from "../../components/text-link.tsx";
import { useInstance } from "../../lib/instance-data.ts";
import { readQuickPrompts } from "../../lib/quick-prompts.ts";
import { type Component, readComponents } from "../../lib/read-components.ts";
import { mayAct } from "../../lib/rights.ts";
import { CHAT_ROUTES, KINDS, type RunnableKind } from "../../lib/runnable-kinds.ts";
import { useAgents, useConfig } from "../../lib/runnables.ts";
import { useMembership, useMissingScopes } from "../../lib/session.ts";
import { clip } from "../../lib/words.ts";

/** What one of them is for, in a line. */
const PURPOSES: Readonly<Record<RunnableKind, string>> = {
  agents: "Pick one, and a chat begins.",
  teams: "Agents that answer together: the team shares the question out.",
  workflows: "Fixed steps, one after the other: your message is what they begin with.",
};

export function HomePage() {
  const instance = useInstance();
  const agents = useAgents();
  const config = useConfig();
  return (
    <>
      <PageHeader
        title={clip(instance.name, 80)}
        facts={
          instance.findings.length === 0 ? (
            <InstanceStatus instance={instance} />
          ) : (
            <TextLink
              to="/i/$instanceId/instance"
              params={{ instanceId: instance.id }}
              className="inline-flex"
            >
              <InstanceStatus instance={instance} />
            </TextLink>
          )
        }
        description={instance.endpoint === null ? undefined : <CopyableId id={instance.endpoint} />}
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
            <Cards kind="agents" components={found} config={config.data} />
          );
        }}
      </InstanceQueryView>
      <Cards kind="teams" components={readComponents(config.data?.teams)} config={config.data} />
      <Cards kind="workflows" components={readComponents(config.data?.workflows)} config={config.data} />
    </>
  );
}

interface CardsProps {
  readonly kind: RunnableKind;
  readonly components: readonly Component[];
  readonly config: unknown;
}

function Cards({ kind, components, config }: CardsProps) {
  if (components.length === 0) return null;
  return (
    <Section title={KINDS[kind].titles} description={PURPOSES[kind]}>
      <ul className="grid grid-cols-1 gap-3 lg:grid-cols-2">
        {components.map((component) => (
          <Card
            key={component.id}
            kind={kind}
            component={component}
            prompts={readQuickPrompts(config, component.id)}
          />
        ))}
      </ul>
    </Section>
  );
}

/** Whether the scopes of a role count at all: where authorization is off, whoever gets in may do everything. */
function useRight(kind: RunnableKind, id: string) {
  const instance = useInstance();
  const { scopes } = useMembership();
  const missing = useMissingScopes([KINDS[kind].runScope]);
  const { authorization, security_key: hasKey } = instance.desired;
  return {
    /** Where no role decides, who may. */
    openTo: authorization
      ? undefined
      : hasKey
        ? "Whoever has the security key may run it"
        : "Open to everybody: authorization is off",
    mayRun: !authorization || mayAct(scopes, { resource: kind, id, act: "run" }),
    missing,
  };
}

interface CardProps {
  readonly kind: RunnableKind;
  readonly component: Component;
  readonly prompts: readonly string[];
}

function Card({ kind, component, prompts }: CardProps) {
  const instance = useInstance();
  const { mayRun, missing } = useRight(kind, component.id);
  const to = {
    to: CHAT_ROUTES[kind],
    params: { instanceId: instance.id, agentId: component.id },
  } as const;
  return (
    <li className="relative flex min-w-0 flex-col gap-3 rounded-lg border border-line bg-raised p-4 transition-colors has-[a]:hover:border-line-strong">
      <div className="flex min-w-0 items-start gap-3">
        <span
          aria-hidden
          className="flex size-8 shrink-0 items-center justify-center rounded-md border border-line bg-sunken text-ink-soft"
        >
          <RunnableIcon kind={kind} className="size-4" />
        </span>
        <div className="flex min-w-0 flex-1 flex-col">
          <h3 className="truncate text-base font-semibold text-ink">{component.name}</h3>
          <code className="truncate font-mono text-xs text-ink-faint">{component.id}</code>
        </div>
        {mayRun || missing === undefined ? (
          <ButtonLink size="sm" isStretched icon={<MessagesSquare aria-hidden />} {...to}>
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
      {component.description === undefined ? null : (
        <p className="line-clamp-3 text-sm wrap-anywhere text-ink-soft">{component.description}</p>
      )}
      {prompts.length === 0 || !mayRun ? null : (
        <ul aria-label={`Prompts for ${component.name}`} className="flex flex-col gap-1">
          {prompts.slice(0, 3).map((prompt) => (
            <li key={prompt} className="relative z-1 min-w-0">
              <Link
                {...to}
                search={{ prompt }}
                className="group flex min-w-0 items-center gap-1.5 rounded-md border border-line px-2.5 py-1.5 pointer-coarse:min-h-11 text-sm text-ink transition-colors hover:bg-hover"
              >
                <span className="min-w-0 flex-1 truncate">{prompt}</span>
                <ArrowRight aria-hidden className="size-3.5 shrink-0 text-ink-faint" />
              </Link>
            </li>
          ))}
        </ul>
      )}
      <Facts kind={kind} component={component} />
    </li>
  );
}

function Facts({ kind, component }: Pick<CardProps, "kind" | "component">) {
  const { openTo, mayRun } = useRight(kind, component.id);
  return (
    <p className="mt-auto flex min-w-0 flex-wrap items-center gap-1.5">
      {openTo !== undefined ? (
        <span className="mr-1 text-xs text-ink-soft">{openTo}</span>
      ) : mayRun ? null : (
        <span className="mr-1 inline-flex items-center gap-1 text-xs text-ink-soft [&_svg]:size-3.5">
          <Lock aria-hidden />
          You may read it, not run it
        </span>
      )}
      {component.isScripted ? (
        <Badge>Scripted, no model</Badge>
      ) : component.model === undefined ? null : (
        <Badge>
          Model <code className="ml-1 font-mono">{component.model}</code>
        </Badge>
      )}
      {component.toolCount === 0 ? null : (
        <Badge>{component.toolCount === 1 ? "1 tool" : `${component.toolCount} tools`}</Badge>
      )}
    </p>
  );
}
