/** How an answer stands, below what there is of it: under way, waiting for a person, or over without an answer. */
import { CircleAlert, CircleStop, LoaderCircle, RotateCw } from "lucide-react";
import { Button } from "../../components/button.tsx";
import { CopyableId } from "../../components/copyable-id.tsx";
import { ErrorState } from "../../components/error-state.tsx";
import { KINDS } from "../../lib/runnable-kinds.ts";
import { OpenQuestion } from "./open-question.tsx";
import { PauseCard } from "./pause-card.tsx";
import type { TurnViewProps } from "./turn-actions.ts";
import { TurnDoubt, TurnFault } from "./turn-fault.tsx";

type EndingProps = Pick<TurnViewProps, "turn" | "kind" | "hasStop" | "actions">;

export function TurnEnding({ turn, kind, hasStop, actions }: EndingProps) {
  const { state, failure, blocks } = turn;
  switch (state) {
    case "sending":
    case "running":
      return <UnderWay turn={turn} hasStop={hasStop} actions={actions} />;
    case "stopping":
      return <Moment>Stopping</Moment>;
    case "paused":
      return (
        <>
          <Waits turn={turn} kind={kind} actions={actions} />
          <StopFault turn={turn} />
        </>
      );
    case "cancelled":
      return (
        <p className="flex items-center gap-2 text-sm text-ink-soft">
          <CircleStop aria-hidden className="size-4 shrink-0" />
          <span className="flex min-w-0 flex-wrap items-center gap-x-3">
            <span className="wrap-anywhere">
              {turn.isStoppedHere ? "You stopped this run." : "The run was stopped."}
              {failure === undefined || SAYS_ONLY_CANCELLED.test(failure)
                ? null
                : ` The instance says: “${failure}”`}
            </span>
            {turn.runId === undefined ? null : <CopyableId id={turn.runId} label="Run id" maxLength={18} />}
          </span>
        </p>
      );
    case "failed":
      return (
        <div role="alert" className="flex gap-2.5 rounded-lg border border-line-strong bg-raised p-3 text-sm">
          <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-danger-ink" />
          <div className="flex min-w-0 flex-col gap-2">
            <p className="font-medium text-ink">The run has failed</p>
            <p className="wrap-anywhere text-ink-soft">The instance says: “{failure}”</p>
            <div>
              <Button size="sm" icon={<RotateCw aria-hidden />} onClick={() => actions.retry(turn.key)}>
                Ask again
              </Button>
            </div>
          </div>
        </div>
      );
    case "refused":
    case "lost":
      return turn.isInDoubt ? (
        <TurnDoubt turn={turn} kind={kind} actions={actions} />
      ) : (
        <TurnFault turn={turn} actions={actions} />
      );
    case "completed":
      break;
  }
  return blocks.length === 0 ? <p className="text-sm text-ink-soft">The answer is empty.</p> : null;
}

function UnderWay({ turn, hasStop, actions }: Omit<EndingProps, "kind">) {
  const { state, blocks, isReconnecting, key } = turn;
  const last = blocks.at(-1);
  const isQuiet = last === undefined || (last.kind === "tool" && last.tool.state !== "running");
  return (
    <>
      {isQuiet || isReconnecting || hasStop ? (
        <div className="flex flex-wrap items-center gap-3">
          <Moment>{isReconnecting ? "Reconnecting" : state === "sending" ? "Sending" : "Working"}</Moment>
          {hasStop ? (
            <Button size="sm" icon={<CircleStop aria-hidden />} onClick={() => actions.stop(key)}>
              Stop this run
            </Button>
          ) : null}
        </div>
      ) : null}
      <StopFault turn={turn} />
    </>
  );
}

function Moment({ children }: { readonly children: string }) {
  return (
    <p className="flex items-center gap-2 text-sm text-ink-soft">
      <LoaderCircle aria-hidden className="spinning size-4" />
      {children}
    </p>
  );
}

function StopFault({ turn: { stopError } }: Pick<EndingProps, "turn">) {
  return stopError === undefined ? null : (
    <ErrorState error={stopError} title="Stopping the run has failed" isCompact />
  );
}

function Waits({ turn, kind, actions }: Omit<EndingProps, "hasStop">) {
  const { key, pause, error, isStoppedHere } = turn;
  const asker = KINDS[kind].type;
  if (pause === undefined || pause.waiting.length === 0)
    return (
      <OpenQuestion
        asker={asker}
        isStoppedHere={isStoppedHere}
        curl={actions.continuingCurlOf(turn)}
        onStop={() => actions.stop(key)}
      />
    );
  return (
    <PauseCard
      asker={asker}
      waiting={pause.waiting}
      isStoppedHere={isStoppedHere}
      error={error}
      onDecide={(decisions) => actions.decide(key, decisions)}
      onExplain={() => actions.explain(key)}
      onStop={() => actions.stop(key)}
    />
  );
}

/** Words that add nothing. */
const SAYS_ONLY_CANCELLED = /^Run \S+ was cancelled\.?$/;
