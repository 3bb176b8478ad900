/** Asks the instance a few readings, now and with one's own credential: what is let in, and why the rest is not. */
import { type ClientError, isClientError } from "@agentos/client";
import { useMutation } from "@tanstack/react-query";
import { KeyRound } from "lucide-react";
import { useState } from "react";
import { Button } from "../../components/button.tsx";
import { ErrorState } from "../../components/error-state.tsx";
import { Section } from "../../components/page-header.tsx";
import { useRefusal } from "../../components/refusal-area.tsx";
import { Status, type StatusProps } from "../../components/status.tsx";
import { type Column, Table } from "../../components/table.tsx";
import { sayCause } from "../../lib/describe-fault.ts";
import type { Instance } from "../../lib/instance-state.ts";
import { READINGS } from "../../lib/recorded-call.ts";
import { isRefused } from "../../lib/refused-call.ts";
import { useServices } from "../../lib/services.ts";
import { useMembership } from "../../lib/session.ts";

const ASKED = [
  { route: "GET /config", title: "Read its configuration" },
  { route: "GET /agents", title: "List agents" },
  { route: "GET /sessions", title: "Read your sessions" },
  { route: "GET /memories", title: "Read your memories" },
  { route: "GET /authz/policy", title: "Read the policy" },
] as const;

type Asked = (typeof ASKED)[number];
type Outcome = "let in" | ClientError;

export function AccessCheck({ instance }: { readonly instance: Instance }) {
  const { instanceClients } = useServices();
  const { organization } = useMembership();
  const [outcomes, setOutcomes] = useState<Readonly<Partial<Record<Asked["route"], Outcome>>>>({});
  const check = useMutation({
    async mutationFn() {
      const client = await instanceClients.open(organization.id, instance);
      const asked = ASKED.map(async ({ route }) => {
        const outcome = await READINGS[route]?.(client).then(
          (): Outcome => "let in",
          (error: unknown): Outcome => {
            if (!isClientError(error)) throw error;
            return error;
          },
        );
        return [route, outcome] as const;
      });
      setOutcomes(Object.fromEntries(await Promise.all(asked)));
    },
  });
  const hasAsked = Object.keys(outcomes).length > 0;
  const columns: readonly Column<Asked>[] = [
    { id: "title", title: "What", render: ({ title }) => title },
    {
      id: "route",
      title: "Request",
      isMinor: true,
      render: ({ route }) => <code className="font-mono text-xs text-ink-soft">{route}</code>,
    },
    {
      id: "outcome",
      title: "Now",
      render: ({ route }) => <Status {...describeOutcome(outcomes[route])} isBusy={check.isPending} />,
    },
    {
      id: "why",
      title: "Why",
      isTitleHidden: true,
      align: "end",
      render: (asked) => (
        <Why
          asked={asked}
          outcome={check.isPending ? undefined : outcomes[asked.route]}
          instance={instance}
          onResolved={() => check.mutate()}
        />
      ),
    },
  ];
  return (
    <Section
      title="Your access"
      description="Sends five read requests as you, and explains each refusal."
      actions={
        <Button onClick={() => check.mutate()} isBusy={check.isPending} icon={<KeyRound aria-hidden />}>
          {hasAsked ? "Check again" : "Check my access"}
        </Button>
      }
    >
      {check.error === null ? null : (
        <ErrorState
          error={check.error}
          title="The check could not be made"
          onRetry={() => check.mutate()}
          isRetrying={check.isPending}
        />
      )}
      {hasAsked ? (
        <Table label="Your access" columns={columns} rows={ASKED} keyOf={({ route }) => route} />
      ) : null}
    </Section>
  );
}

interface WhyProps {
  readonly asked: Asked;
  readonly outcome: Outcome | undefined;
  readonly instance: Instance;
  readonly onResolved: () => void;
}

function Why({ asked, outcome, instance, onResolved }: WhyProps) {
  const { explain } = useRefusal();
  if (outcome === undefined || outcome === "let in" || !isRefused(outcome)) return null;
  const retry = READINGS[asked.route];
  return (
    <Button
      size="sm"
      aria-label={`Why was ${asked.route} refused?`}
      onClick={() =>
        explain({
          instanceId: instance.id,
          error: outcome,
          title: `Tried: ${asked.title.toLowerCase()}`,
          ...(retry === undefined ? {} : { retry }),
          onResolved,
        })
      }
    >
      Why?
    </Button>
  );
}

function describeOutcome(outcome: Outcome | undefined): Pick<StatusProps, "tone" | "word"> {
  if (outcome === undefined) return { tone: "neutral", word: "Not asked" };
  if (outcome === "let in") return { tone: "ok", word: "Let in" };
  if (outcome.kind === "refusal" && outcome.status === 404)
    return { tone: "neutral", word: "Not served there" };
  if (outcome.kind === "connection" && outcome.reason === "not-agentos")
    // A proxy's page, too, comes with a 200: nobody was let in by it.
    return { tone: "neutral", word: "Another answer than an AgentOS gives" };
  if (outcome.kind === "refusal" && isRefused(outcome))
    return { tone: "danger", word: `Refused, ${outcome.status}` };
  return { tone: "warn", word: sayCause(outcome).replace(/\.$/, "") };
}
