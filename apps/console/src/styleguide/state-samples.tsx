import { AgentOSRefusal, ConnectionFault } from "@agentos/client";
import { MessagesSquare } from "lucide-react";
import { Avatar } from "../components/avatar.tsx";
import { Badge } from "../components/badge.tsx";
import { Button } from "../components/button.tsx";
import { EmptyState } from "../components/empty-state.tsx";
import { ErrorState } from "../components/error-state.tsx";
import { Notice } from "../components/notice.tsx";
import { Section } from "../components/page-header.tsx";
import { Skeleton } from "../components/skeleton.tsx";
import { Status } from "../components/status.tsx";

const REFUSAL = new AgentOSRefusal({
  status: 403,
  code: "SCOPE_MISSING",
  title: "the token lacks agents:support-bot:run, which this route asks for",
  detail: "Insufficient permissions",
  fix: "ask an Owner or Administrator for a role that gives agents:support-bot:run",
  denialId: "018f6b0a-5c3e-7d21-9b1e-2f4a6c8e0d13",
});
const QUOTED = new AgentOSRefusal({ status: 401, detail: "Invalid token: Signature verification failed" });

export function StateSamples() {
  return (
    <Section title="States">
      <div className="flex flex-wrap items-center gap-4">
        <Status tone="ok" word="Connected" />
        <Status tone="warn" word="2 problems" />
        <Status tone="danger" word="Unreachable" />
        <Status tone="neutral" word="Not checked yet" />
        <Status tone="accent" word="Running" isBusy />
      </div>
      <div className="flex flex-wrap items-center gap-2">
        <Badge>2.9.0</Badge>
        <Badge tone="accent">Owner</Badge>
        <Badge tone="ok">Signing</Badge>
        <Badge tone="warn">Published</Badge>
        <Badge tone="danger">Retired</Badge>
        <Badge isCode>agents:*:run</Badge>
        <Avatar name="Ada Lovelace" />
        <Avatar name="Bo" size="sm" />
      </div>
      <ErrorState
        error={REFUSAL}
        title="The run was refused"
        onRetry={() => undefined}
        action={<Button size="sm">Why?</Button>}
      />
      <ErrorState error={new ConnectionFault("unreachable", "")} onRetry={() => undefined} />
      <ErrorState error={QUOTED} isCompact />
      <Notice title="Rotation is under way" action={<Button size="sm">Show the keys</Button>}>
        The new key is published, and signs as soon as the instance has loaded it.
      </Notice>
      <Notice tone="warn" title="The security key is a root credential">
        No role limits what is done with it. It stays in the memory of this tab.
      </Notice>
      <EmptyState
        icon={<MessagesSquare />}
        title="No sessions yet"
        action={<Button variant="primary">Start a chat</Button>}
      >
        Each chat is kept as a session. Find one again here by its name, continue it, rename it or delete it.
      </EmptyState>
      <Skeleton label="Loading a sample" />
    </Section>
  );
}
