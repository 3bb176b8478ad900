/** A run that waits: what each tool or step would do, and the word of the person on it. Nothing runs before that. */
import { useEffect, useMemo, useRef, useState } from "react";
import { Button } from "../../components/button.tsx";
import { ErrorState } from "../../components/error-state.tsx";
import { showHidden } from "../../lib/hidden-text.ts";
import { isRefused } from "../../lib/refused-call.ts";
import { countOf } from "../../lib/words.ts";
import { type Draft, EMPTY_DRAFT, type Judged, judgeDraft } from "./decisions.ts";
import type { Decision } from "./encode-decisions.ts";
import { judgeStep } from "./judge-step.ts";
import { PauseHead } from "./pause-head.tsx";
import type { Waiting } from "./read-pause.ts";
import { type ShownCall, showCall } from "./show-call.ts";
import { WaitingCall } from "./waiting-call.tsx";
import { WaitingStepForm } from "./waiting-step-form.tsx";

export interface PauseCardProps {
  /** Who asks: an agent, a team, a workflow. */
  readonly asker: string;
  readonly waiting: readonly Waiting[];
  /** It was asked to stop, and still waits. */
  readonly isStoppedHere: boolean;
  readonly error: unknown;
  readonly onDecide: (decisions: readonly Decision[]) => void;
  readonly onExplain: () => void;
  readonly onStop: () => void;
}

/** One of what is asked, with the call as it is shown where it is one. */
interface Asked {
  readonly one: Waiting;
  readonly shown: ShownCall | undefined;
}

function judge({ one, shown }: Asked, draft: Draft): Judged {
  return one.kind === "step" ? judgeStep(one, draft) : judgeDraft(one, draft, shown);
}

export function PauseCard(props: PauseCardProps) {
  const { asker, waiting, isStoppedHere, error, onDecide, onExplain, onStop } = props;
  // Ids are the instance's: they may be names that every object has.
  const [drafts, setDrafts] = useState<ReadonlyMap<string, Draft>>(new Map());
  const draftOf = ({ id }: Waiting) => drafts.get(id) ?? EMPTY_DRAFT;
  // Another question under the same ids is not what was answered.
  const [answered, setAnswered] = useState(waiting);
  if (answered !== waiting) {
    setAnswered(waiting);
    setDrafts(new Map());
  }
  const [shownFault, setShownFault] = useState<string>();
  const [only, ...others] = waiting;
  const asked: readonly Asked[] = useMemo(
    () => waiting.map((one) => ({ one, shown: one.kind === "step" ? undefined : showCall(one) })),
    [waiting],
  );
  const what = waiting.some(({ kind }) => kind === "step") ? "question" : "tool call";
  const isOne = others.length === 0;
  const card = useRef<HTMLElement>(null);
  useEffect(() => {
    // What is to be done is here now, and not where the next message would be written. What was begun there goes on.
    const focused = document.activeElement;
    const isIdle =
      focused === null ||
      focused === document.body ||
      (focused instanceof HTMLTextAreaElement && focused.value === "");
    if (isIdle) card.current?.focus({ preventScroll: true });
  }, []);

  function put({ id }: Waiting, draft: Draft): void {
    setDrafts((before) => new Map(before).set(id, draft));
  }

  function decide(one: Asked, draft: Draft): void {
    const judged = judge(one, draft);
    setShownFault(judged.isReady || draft.verdict === undefined ? undefined : judged.reason);
    put(one.one, judged.isReady ? draft : { ...draft, verdict: undefined });
    if (isOne && judged.isReady) onDecide([judged.decision]);
  }

  const ready = asked.flatMap((one) => {
    const judged = judge(one, draftOf(one.one));
    return judged.isReady ? [judged.decision] : [];
  });
  return (
    <section
      ref={card}
      tabIndex={-1}
      aria-label="Waits for you"
      className="flex min-w-0 flex-col gap-4 rounded-lg border border-line-strong bg-raised p-4"
    >
      <PauseHead
        title={
          only !== undefined && isOne ? (
            <Title asker={asker} asked={only} />
          ) : (
            `${countOf(waiting.length, what)} wait for you`
          )
        }
        isStoppedHere={isStoppedHere}
        onStop={onStop}
      >
        The {asker} waits for your answer, also while you are away. Nothing runs before it.
      </PauseHead>
      {asked.map((each) => {
        const { one, shown } = each;
        const form = {
          draft: draftOf(one),
          isOnly: isOne,
          onChange: (draft: Draft) => put(one, draft),
          onDecide: (draft: Draft) => decide(each, draft),
        };
        if (one.kind === "step") return <WaitingStepForm key={one.id} step={one} {...form} />;
        return shown === undefined ? null : <WaitingCall key={one.id} tool={one} shown={shown} {...form} />;
      })}
      {shownFault === undefined ? null : (
        <p role="alert" className="text-xs text-danger-ink">
          {shownFault}
        </p>
      )}
      {error === undefined ? null : (
        <ErrorState
          error={error}
          title="Your decision was not taken"
          isCompact
          action={
            isRefused(error) ? (
              <Button size="sm" onClick={onExplain}>
                Why, and what to do
              </Button>
            ) : undefined
          }
        />
      )}
      {isOne ? null : (
        <div className="flex items-center gap-3 border-t border-line pt-4">
          <Button variant="primary" disabled={ready.length < waiting.length} onClick={() => onDecide(ready)}>
            Send {countOf(waiting.length, "answer")}
          </Button>
          <span className="text-xs text-ink-soft tabular-nums">
            {ready.length} of {waiting.length} ready · nothing is sent yet
          </span>
        </div>
      )}
    </section>
  );
}

/** The one thing that is asked. */
function Title({ asker, asked }: { readonly asker: string; readonly asked: Waiting }) {
  const name = <code className="font-mono text-sm">{showHidden(asked.name)}</code>;
  switch (asked.kind) {
    case "external":
      return "You run this tool";
    case "input":
      return `The ${asker} needs something from you`;
    case "confirmation":
      return <>Run {name}?</>;
    case "step":
      if (asked.needsYes && asked.output !== undefined) return <>Is this good, from the step {name}?</>;
      if (asked.needsYes) return <>Run the step {name}?</>;
      if (asked.choices.length > 0) return <>Which way from the step {name}?</>;
      return <>The step {name} needs something from you</>;
    default:
      return null;
  }
}
