/** A refusal from cause to green: the same in the dialog, on the page about it, and in the place of what could not be loaded. */
import { CircleCheck, RotateCw, ShieldAlert } from "lucide-react";
import { idOfError, type RefusedCall } from "../lib/refused-call.ts";
import { type RefusalSession, useRefusalSession } from "../lib/use-refusal.ts";
import { Button } from "./button.tsx";
import { RefusalCause } from "./refusal-cause.tsx";
import { RefusalDetails } from "./refusal-details.tsx";
import { hasWayOut, isMendedThere, RefusalFixes } from "./refusal-fixes.tsx";

export interface RefusalPanelProps {
  readonly call: RefusedCall;
}

/** In the place of a part of a page that could not be loaded. */
export function RefusalPanel({ call }: RefusalPanelProps) {
  return (
    <section
      aria-label="Authorization failed"
      className="flex min-w-0 flex-col gap-4 rounded-lg border border-line-strong bg-raised p-4"
    >
      <p className="flex flex-wrap items-center gap-x-1.5 text-xs font-semibold text-ink-soft">
        <ShieldAlert aria-hidden className="size-3.5 shrink-0 text-danger-ink" />
        Authorization Failed
        {call.title === undefined ? null : <span className="font-normal">{call.title}</span>}
      </p>
      <RefusalBody key={idOfError(call.error)} call={call} />
    </section>
  );
}

interface RefusalBodyProps extends RefusalPanelProps {
  /** There is no page about it, or this is it. */
  readonly hasNoPageLink?: boolean;
}

/** Without a frame. */
export function RefusalBody({ call, hasNoPageLink = false }: RefusalBodyProps) {
  return <RefusalView session={useRefusalSession(call)} hasNoPageLink={hasNoPageLink} />;
}

export interface RefusalViewProps {
  readonly session: RefusalSession;
  readonly hasNoPageLink?: boolean;
  /** The cause is the title of the page. */
  readonly isTitled?: boolean;
}

/** For who holds the session of it. */
export function RefusalView({ session, hasNoPageLink = false, isTitled = false }: RefusalViewProps) {
  const { state, tryAgain, refusedAgain, isExplaining, isCheck, isUntold } = session;
  const isAsking = session.actions.some(({ kind }) => kind === "ask");
  if (state === "passed") return <Passed session={session} />;
  return (
    <div className="flex min-w-0 flex-col gap-5">
      <RefusalCause session={session} isTitle={isTitled} />
      <RefusalFixes session={session} />
      {tryAgain === undefined ? null : (
        <div className="flex flex-wrap items-center gap-3">
          {isMendedThere(session) ? (
            <p className="w-full text-sm text-ink">When the instance is up again:</p>
          ) : null}
          <Button
            variant={isExplaining || hasWayOut(session) ? "secondary" : "primary"}
            onClick={tryAgain}
            isBusy={state === "trying"}
            icon={<RotateCw aria-hidden />}
          >
            {isAsking
              ? "I have the role now: try again"
              : isCheck
                ? "Check without running anything"
                : "Try the same request again"}
          </Button>
          <output className="text-xs text-ink-soft">
            {state === "trying"
              ? "Asking the instance…"
              : isUntold
                ? "It cannot be told whether it is let in: what answered at this address knows no such route."
                : refusedAgain === 0
                  ? ""
                  : `Tried again, and refused again${refusedAgain > 1 ? ` (${refusedAgain} times)` : ""}.`}
          </output>
        </div>
      )}
      <RefusalDetails session={session} hasNoPageLink={hasNoPageLink} />
    </div>
  );
}

function Passed({ session: { explanation, isCheck } }: { readonly session: RefusalSession }) {
  const { route } = explanation;
  return (
    <output className="flex items-start gap-3 rounded-lg border border-line bg-ok-soft p-4">
      <CircleCheck aria-hidden className="mt-0.5 size-5 shrink-0 text-ok-ink" />
      <span className="flex min-w-0 flex-col gap-0.5 text-sm">
        <span className="font-semibold text-ink">
          {isCheck ? "Such a request is let in now" : "The same request was let in"}
        </span>
        <span className="text-ink-soft wrap-anywhere">
          {route === undefined ? "It works now." : <code className="font-mono text-xs">{route}</code>}
        </span>
        {isCheck ? (
          <span className="text-ink-soft">Nothing was run: send it again where you did.</span>
        ) : null}
      </span>
    </output>
  );
}
