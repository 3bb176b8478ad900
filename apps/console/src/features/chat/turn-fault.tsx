/** A question without an answer: not taken, interrupted, or nobody knows. */
import { CircleAlert, History, Pencil, RotateCw, ShieldQuestionMark } from "lucide-react";
import { Button } from "../../components/button.tsx";
import { ErrorState } from "../../components/error-state.tsx";
import { isSessionOver } from "../../lib/describe-fault.ts";
import { isRefused } from "../../lib/refused-call.ts";
import { KINDS, type RunnableKind } from "../../lib/runnable-kinds.ts";
import type { Turn } from "./turn.ts";
import type { TurnActions } from "./turn-actions.ts";
import { canTakeUp } from "./words-of-turn.ts";

interface TurnFaultProps {
  readonly turn: Turn;
  readonly actions: TurnActions;
}

export function TurnFault({ turn, actions }: TurnFaultProps) {
  const takesUp = canTakeUp(turn);
  // The shell asks to sign in, and says why.
  const isSignedOut = turn.state === "refused" && isSessionOver(turn.error);
  const again = (
    <>
      {isRefused(turn.error) && !isSignedOut ? (
        <Button size="sm" icon={<ShieldQuestionMark aria-hidden />} onClick={() => actions.explain(turn.key)}>
          Why, and what to do
        </Button>
      ) : null}
      <Button size="sm" icon={<RotateCw aria-hidden />} onClick={() => actions.retry(turn.key)}>
        {takesUp ? "Take it up again" : isSignedOut ? "Send again" : "Try the same request again"}
      </Button>
      {takesUp ? null : (
        <Button size="sm" icon={<Pencil aria-hidden />} onClick={() => actions.edit(turn.asked)}>
          Edit message
        </Button>
      )}
    </>
  );
  if (turn.error === undefined || isSignedOut)
    return (
      <div className="flex flex-col gap-2 rounded-lg border border-line-strong bg-raised p-3.5 text-sm">
        <p className="font-medium text-ink">
          {isSignedOut
            ? "Not sent: you were signed out. It is kept here."
            : "The stream ended before the run did."}
        </p>
        <div className="flex flex-wrap gap-2">{again}</div>
      </div>
    );
  return (
    <ErrorState
      error={turn.error}
      title={
        turn.state === "refused"
          ? "Your message was not taken, and is kept here"
          : takesUp
            ? "The answer was interrupted"
            : "It is not known whether your message arrived"
      }
      action={again}
    />
  );
}

/** Nobody can tell whether it has run: the person looks, and decides. */
export function TurnDoubt({ turn, kind, actions }: TurnFaultProps & { readonly kind: RunnableKind }) {
  return (
    <div role="alert" className="flex gap-2.5 rounded-lg border border-line-strong bg-raised p-3 text-sm">
      <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-warn-ink" />
      <div className="flex min-w-0 flex-col gap-2">
        <p className="font-medium text-ink">The {KINDS[kind].type} may have run already</p>
        <p className="text-ink-soft">
          Your message was sent, and no answer came. This instance does not notice when a message comes twice:
          sent again, it may run twice. Look at the sessions before you do.
        </p>
        <div className="flex flex-wrap gap-2">
          <Button size="sm" icon={<History aria-hidden />} onClick={() => actions.lookUp(turn)}>
            Look at the sessions
          </Button>
          <Button
            size="sm"
            variant="ghost"
            icon={<RotateCw aria-hidden />}
            onClick={() => actions.sendAnyway(turn.key)}
          >
            Send it anyway
          </Button>
        </div>
      </div>
    </div>
  );
}
