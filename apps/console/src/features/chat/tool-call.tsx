/** A tool call: one line with its state; arguments and result are folded. All of it is the instance's word. */
import { Check, ChevronRight, CircleSlash, LoaderCircle, PauseCircle, Wrench, X } from "lucide-react";
import { type ReactNode, useState } from "react";
import { CopyButton } from "../../components/copy-button.tsx";
import { LongText } from "../../components/long-text.tsx";
import { showHidden } from "../../lib/hidden-text.ts";
import type { ToolState, ToolView } from "./turn.ts";
import { describeSeconds } from "./words-of-turn.ts";

const LOOKS: Readonly<Record<ToolState, { readonly word: string; readonly icon: ReactNode }>> = {
  running: { word: "running", icon: <LoaderCircle aria-hidden className="spinning text-accent-ink" /> },
  waiting: { word: "waits for you", icon: <PauseCircle aria-hidden className="text-warn-ink" /> },
  completed: { word: "done", icon: <Check aria-hidden className="text-ok-ink" /> },
  failed: { word: "failed", icon: <X aria-hidden className="text-danger-ink" /> },
  declined: { word: "rejected", icon: <CircleSlash aria-hidden className="text-ink-soft" /> },
};

export interface ToolCallProps {
  readonly tool: ToolView;
  readonly author: string | undefined;
  /** Nothing runs any longer: what had no end has none. */
  readonly isOver: boolean;
}

export function ToolCall({ tool, author, isOver }: ToolCallProps) {
  const state = isOver && tool.state === "running" ? "declined" : tool.state;
  const { word, icon } = LOOKS[state];
  const [isOpen, setIsOpen] = useState(false);
  const shownWord = state === "declined" && tool.state === "running" ? "no answer" : word;
  return (
    <details
      className="group min-w-0 rounded-md border border-line bg-raised"
      onToggle={({ currentTarget }) => setIsOpen(currentTarget.open)}
    >
      <summary className="flex min-h-9 list-none items-center gap-2 rounded-md px-3 py-1 text-sm transition-colors hover:bg-hover [&::-webkit-details-marker]:hidden [&_svg]:size-4 [&_svg]:shrink-0">
        <Wrench aria-hidden className="text-ink-faint" />
        <code className="min-w-0 truncate font-mono text-xs text-ink">{showHidden(tool.name)}</code>
        {author === undefined ? null : <span className="truncate text-xs text-ink-soft">by {author}</span>}
        <span className="ml-auto inline-flex shrink-0 items-center gap-1.5 text-xs text-ink-soft">
          {icon}
          {shownWord}
          {tool.seconds === undefined ? null : (
            <span className="tabular-nums">{describeSeconds(tool.seconds)}</span>
          )}
        </span>
        <ChevronRight aria-hidden className="text-ink-faint transition-transform group-open:rotate-90" />
      </summary>
      {isOpen ? (
        <div className="flex flex-col gap-3 border-t border-line p-3">
          <Words title="Arguments" text={tool.argumentsText} />
          {tool.note === undefined ? null : <Words title="Why it was rejected" text={tool.note} />}
          {tool.result === undefined ? null : (
            <Words title={tool.state === "failed" ? "Error" : "Result"} text={tool.result} />
          )}
        </div>
      ) : null}
    </details>
  );
}

function Words({ title, text }: { readonly title: string; readonly text: string }) {
  // What is read is what is copied.
  const shown = showHidden(text);
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <div className="flex items-center justify-between text-xs text-ink-soft">
        {title}
        <CopyButton text={shown} what={title.toLowerCase()} />
      </div>
      {/* What scrolls has to be reachable by keyboard. */}
      <pre
        tabIndex={0}
        aria-label={title}
        dir="ltr"
        className="max-h-60 overflow-auto rounded-md border border-line bg-sunken px-2.5 py-2 font-mono text-xs leading-5 whitespace-pre-wrap wrap-anywhere text-ink [unicode-bidi:isolate]"
      >
        {shown === "" ? "(nothing)" : <LongText text={shown} />}
      </pre>
    </div>
  );
}
