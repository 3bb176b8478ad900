/** A run that waits: what each tool would do, and the word of the person on it. Nothing runs before that. */
import { Check, PauseCircle, Pencil, X } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";
import { Button } from "../../components/button.tsx";
import { ErrorState } from "../../components/error-state.tsx";
import { Field } from "../../components/field.tsx";
import { ObstructedControl } from "../../components/obstructed-control.tsx";
import { TextArea, TextInput } from "../../components/text-input.tsx";
import { cx } from "../../lib/cx.ts";
import { showHidden } from "../../lib/hidden-text.ts";
import { isRefused } from "../../lib/refused-call.ts";
import { clip, countOf } from "../../lib/words.ts";
import { CallArguments } from "./call-arguments.tsx";
import { type Draft, EMPTY_DRAFT, findObstacle, judgeDraft, valueOf } from "./decisions.ts";
import type { Decision } from "./encode-decisions.ts";
import type { WaitingTool } from "./read-waiting.ts";
import { type ShownCall, showCall } from "./show-call.ts";

export interface PauseCardProps {
  /** Who asks: an agent, a team, a workflow. */
  readonly asker: string;
  readonly waiting: readonly WaitingTool[];
  readonly error: unknown;
  readonly onDecide: (decisions: readonly Decision[]) => void;
  readonly onExplain: () => void;
}

export function PauseCard({ asker, waiting, error, onDecide, onExplain }: PauseCardProps) {
  const [drafts, setDrafts] = useState<ReadonlyMap<string, Draft>>(new Map());
  // Another question under the same ids is not what was answered.
  const [answered, setAnswered] = useState(waiting);
  if (answered !== waiting) {
    setAnswered(waiting);
    setDrafts(new Map());
  }
  const [shownFault, setShownFault] = useState<string>();
  const [only, ...others] = waiting;
  // Ids are the instance's: they may be names that every object has.
  const asked = useMemo(() => waiting.map((tool) => ({ tool, shown: showCall(tool) })), [waiting]);
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

  function put(tool: WaitingTool, draft: Draft): void {
    setDrafts((before) => new Map(before).set(tool.id, draft));
  }

  function decide({ tool, shown }: (typeof asked)[number], draft: Draft): void {
    put(tool, draft);
    const judged = judgeDraft(tool, draft, shown);
    setShownFault(judged.isReady || draft.verdict === undefined ? undefined : judged.reason);
    if (isOne && judged.isReady) onDecide([judged.decision]);
    else if (!judged.isReady) put(tool, { ...draft, verdict: undefined });
  }

  const judged = asked.map(({ tool, shown }) => judgeDraft(tool, drafts.get(tool.id) ?? EMPTY_DRAFT, shown));
  const ready = judged.flatMap((one) => (one.isReady ? [one.decision] : []));
  return (
    <section
      ref={card}
      tabIndex={-1}
      aria-label="Waits for you"
      className="flex min-w-0 flex-col gap-4 rounded-lg border border-line-strong bg-raised p-4"
    >
      <header className="flex items-start gap-2.5">
        <PauseCircle aria-hidden className="mt-0.75 size-4 shrink-0 text-warn-ink" />
        <div className="flex min-w-0 flex-col">
          <h3 className="text-base font-semibold wrap-anywhere text-ink">
            {only !== undefined && isOne ? (
              <Title asker={asker} tool={only} />
            ) : (
              `${countOf(waiting.length, "tool call")} wait for you`
            )}
          </h3>
          <p className="text-sm text-ink-soft">
            The {asker} waits for your answer, also while you are away. Nothing runs before it.
          </p>
        </div>
      </header>
      {asked.map((one) => (
        <WaitingCall
          key={one.tool.id}
          tool={one.tool}
          shown={one.shown}
          draft={drafts.get(one.tool.id) ?? EMPTY_DRAFT}
          isOnly={isOne}
          onChange={(draft) => put(one.tool, draft)}
          onDecide={(draft) => decide(one, draft)}
        />
      ))}
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

/** What is approved is in sight, also while it is edited. */
function rowsOf(text: string): number {
  const lines = text.split("\n").reduce((sum, line) => sum + 1 + Math.floor(line.length / 80), 0);
  return Math.min(Math.max(lines + 1, 4), 200);
}

/** The one thing that is asked. */
function Title({ asker, tool }: { readonly asker: string; readonly tool: WaitingTool }) {
  if (tool.kind === "external") return "You run this tool";
  if (tool.kind === "input") return `The ${asker} needs something from you`;
  return (
    <>
      Run <code className="font-mono text-sm">{showHidden(tool.name)}</code>?
    </>
  );
}

const APPROVE: Readonly<Record<WaitingTool["kind"], string>> = {
  confirmation: "Approve",
  input: "Send",
  external: "Send result",
};

interface WaitingCallProps {
  readonly tool: WaitingTool;
  readonly shown: ShownCall;
  readonly draft: Draft;
  /** What is pressed is sent; else it is noted, until all are decided. */
  readonly isOnly: boolean;
  readonly onChange: (draft: Draft) => void;
  readonly onDecide: (draft: Draft) => void;
}

function WaitingCall({ tool, shown, draft, isOnly, onChange, onDecide }: WaitingCallProps) {
  const [isRejecting, setIsRejecting] = useState(false);
  const isEdited = draft.argumentsText !== undefined;
  const { kind } = tool;
  return (
    <form
      aria-label={tool.name}
      className="flex min-w-0 flex-col gap-3 border-line not-first-of-type:border-t not-first-of-type:pt-4"
      onSubmit={(event) => {
        event.preventDefault();
        onDecide({ ...draft, verdict: isRejecting ? "reject" : "approve" });
      }}
    >
      {/* Of the only one the title says it. */}
      <p
        className={cx(
          "flex min-w-0 flex-wrap items-center gap-2 text-sm text-ink",
          isOnly && kind === "confirmation" && "sr-only",
        )}
      >
        <code className="min-w-0 font-mono text-xs font-medium wrap-anywhere">{showHidden(tool.name)}</code>
        {draft.verdict === undefined ? null : (
          <span className="inline-flex items-center gap-1 text-xs text-ink-soft [&_svg]:size-3.5">
            {draft.verdict === "approve" ? (
              <Check aria-hidden className="text-ok-ink" />
            ) : (
              <X aria-hidden className="text-danger-ink" />
            )}
            {draft.verdict === "reject" ? "Will be rejected" : "Ready to send"}
          </span>
        )}
      </p>
      {isEdited ? (
        <Field label="Arguments" hint="The instance says which of them may be changed.">
          <TextArea
            isCode
            rows={rowsOf(draft.argumentsText ?? "")}
            value={draft.argumentsText}
            onChange={({ target }) => onChange({ ...draft, verdict: undefined, argumentsText: target.value })}
          />
        </Field>
      ) : (
        <CallArguments
          shown={shown}
          opened={draft.opened}
          onOpen={(at) => onChange({ ...draft, opened: [...draft.opened, at] })}
        />
      )}
      {kind === "input" && !isRejecting
        ? tool.fields.map((field) => (
            <Field
              key={field.name}
              label={showHidden(clip(field.name, 200))}
              hint={field.description ?? `A value of the type ${field.type}`}
            >
              <TextInput
                required
                value={valueOf(draft, field)}
                onChange={({ target }) =>
                  onChange({
                    ...draft,
                    verdict: undefined,
                    values: { ...draft.values, [field.name]: target.value },
                  })
                }
              />
            </Field>
          ))
        : null}
      {kind === "external" && !isRejecting ? (
        <Field label="Result" hint="Run it yourself and enter the result. The agent reads it as text.">
          <TextArea
            isCode
            rows={3}
            value={draft.result}
            onChange={({ target }) => onChange({ ...draft, verdict: undefined, result: target.value })}
          />
        </Field>
      ) : null}
      {isRejecting ? (
        <Field label="Why not (optional)" hint="The agent reads it.">
          <TextInput
            autoFocus
            maxLength={2_000}
            value={draft.note}
            onChange={({ target }) => onChange({ ...draft, verdict: undefined, note: target.value })}
          />
        </Field>
      ) : null}
      <div className="flex flex-wrap gap-2">
        {draft.verdict !== undefined && !isOnly ? (
          <Button
            size="sm"
            onClick={() => {
              setIsRejecting(false);
              onChange({ ...draft, verdict: undefined });
            }}
          >
            Change answer
          </Button>
        ) : isRejecting ? (
          <>
            <Button type="submit" variant="danger" size="sm">
              Reject
            </Button>
            <Button size="sm" onClick={() => setIsRejecting(false)}>
              Back
            </Button>
          </>
        ) : (
          <>
            <ObstructedControl obstacle={findObstacle(shown, draft)}>
              <Button
                type="submit"
                variant={isOnly ? "primary" : "secondary"}
                size="sm"
                icon={<Check aria-hidden />}
              >
                {isOnly || kind === "confirmation" ? APPROVE[kind] : "Save answer"}
              </Button>
            </ObstructedControl>
            <Button size="sm" icon={<X aria-hidden />} onClick={() => setIsRejecting(true)}>
              Reject…
            </Button>
            {kind === "confirmation" && shown.editable !== undefined ? (
              <Button
                size="sm"
                variant="ghost"
                icon={<Pencil aria-hidden />}
                onClick={() =>
                  onChange({
                    ...draft,
                    verdict: undefined,
                    argumentsText: isEdited ? undefined : shown.editable,
                  })
                }
              >
                {isEdited ? "Take changes back" : "Edit arguments"}
              </Button>
            ) : null}
          </>
        )}
      </div>
    </form>
  );
}
