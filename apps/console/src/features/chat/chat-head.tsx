/** Above a chat: whom it is with, what answers, and on a narrow page the way to other sessions. */
import { History, SquarePen } from "lucide-react";
import { ButtonLink } from "../../components/button.tsx";
import { Tooltip } from "../../components/tooltip.tsx";
import type { Component } from "../../lib/read-components.ts";
import { CHAT_ROUTES, KINDS } from "../../lib/runnable-kinds.ts";
import { AgentMenu, type AgentMenuProps } from "./agent-menu.tsx";

export interface ChatHeadProps extends AgentMenuProps {
  readonly component: Component | undefined;
}

export function ChatHead({ component, ...whom }: ChatHeadProps) {
  const { instanceId, kind, agentId, name } = whom;
  return (
    <header className="flex h-12 shrink-0 items-center justify-between gap-2 border-b border-line px-2 sm:px-4">
      <h1 className="min-w-0">
        <span className="sr-only">Chat with {name}</span>
        <AgentMenu {...whom} />
      </h1>
      <div className="flex shrink-0 items-center gap-1">
        {component === undefined ? null : <WhatAnswers component={component} />}
        <span className="flex lg:hidden">
          <ButtonLink
            size="sm"
            variant="ghost"
            icon={<History aria-hidden />}
            to="/i/$instanceId/sessions"
            params={{ instanceId }}
            search={{ [KINDS[kind].type]: agentId }}
          >
            <span className="sr-only sm:not-sr-only">Sessions</span>
          </ButtonLink>
          <ButtonLink
            size="sm"
            variant="ghost"
            icon={<SquarePen aria-hidden />}
            to={CHAT_ROUTES[kind]}
            params={{ instanceId, agentId }}
          >
            <span className="sr-only sm:not-sr-only">New chat</span>
          </ButtonLink>
        </span>
      </div>
    </header>
  );
}

/** Nobody takes a script for a model. */
function WhatAnswers({ component }: { readonly component: Component }) {
  if (component.isScripted)
    return (
      <Tooltip
        content={`No model is asked: its answers are written in the code of the AgentOS. ${component.description ?? ""}`}
      >
        <span
          tabIndex={0}
          className="shrink-0 rounded-md border border-line bg-sunken px-1.5 py-0.5 text-xs text-ink-soft sm:mr-1"
        >
          Scripted, no model
        </span>
      </Tooltip>
    );
  return component.model === undefined ? null : (
    <span className="hidden max-w-60 truncate pr-2 text-xs text-ink-soft sm:inline">
      Model <span className="font-mono">{component.model}</span>
    </span>
  );
}
