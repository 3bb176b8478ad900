/** The arguments that are decided about. Nothing in it scrolls by itself: what is out of sight would be approved unread. */
import { TriangleAlert } from "lucide-react";
import { Button } from "../../components/button.tsx";
import { CopyButton } from "../../components/copy-button.tsx";
import { LongText } from "../../components/long-text.tsx";
import { countOf } from "../../lib/words.ts";
import type { ShownArgument, ShownCall } from "./show-call.ts";

export interface CallArgumentsProps {
  readonly shown: ShownCall;
  /** Places of the long ones that are shown whole. */
  readonly opened: readonly number[];
  readonly onOpen: (at: number) => void;
}

export function CallArguments({ shown: { rows, hidden, obstacle }, opened, onOpen }: CallArgumentsProps) {
  return (
    <div className="flex min-w-0 flex-col gap-2">
      {rows.map((row, at) => (
        // Two names may be written alike: their place tells them apart.
        <Argument key={`${at}`} row={row} isOpen={opened.includes(at)} onOpen={() => onOpen(at)} />
      ))}
      {hidden === 0 ? null : (
        <p className="flex items-start gap-1.5 text-xs text-ink">
          <TriangleAlert aria-hidden className="mt-px size-3.5 shrink-0 text-warn-ink" />
          <span>
            {countOf(hidden, "character")} in it would not be seen, or would turn the text around. Here they
            are written out, such as <code className="font-mono">\u202e</code>.
          </span>
        </p>
      )}
      {obstacle === undefined ? null : (
        <p className="flex items-start gap-1.5 text-xs text-ink">
          <TriangleAlert aria-hidden className="mt-px size-3.5 shrink-0 text-warn-ink" />
          {obstacle === "too-long"
            ? "It is too long to be shown whole, so it cannot be approved here. Reject it, or answer it by the API."
            : "A number in it is larger than a browser counts exactly, so it is not shown, and would not be sent, as it is. It cannot be approved here."}
        </p>
      )}
    </div>
  );
}

interface ArgumentProps {
  readonly row: ShownArgument;
  readonly isOpen: boolean;
  readonly onOpen: () => void;
}

function Argument({ row: { name, text, beginning }, isOpen, onOpen }: ArgumentProps) {
  const isCut = beginning !== undefined && !isOpen;
  const title = name ?? "Arguments";
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <div className="flex items-center justify-between gap-2 text-xs text-ink-soft">
        <span className={name === undefined ? undefined : "min-w-0 font-mono wrap-anywhere"}>{title}</span>
        <span className="flex shrink-0 items-center gap-2 tabular-nums">
          {beginning === undefined ? null : countOf(text.length, "character")}
          <CopyButton text={text} what={title.toLowerCase()} />
        </span>
      </div>
      <pre
        aria-label={title}
        dir="ltr"
        className="rounded-md border border-line bg-sunken px-2.5 py-2 font-mono text-xs leading-5 whitespace-pre-wrap wrap-anywhere text-ink [unicode-bidi:isolate]"
      >
        {isCut ? `${beginning}…` : <LongText text={text} />}
      </pre>
      {isCut ? (
        <div>
          <Button size="sm" data-unfolds onClick={onOpen}>
            Show all {countOf(text.length, "character")}
          </Button>
        </div>
      ) : null}
    </div>
  );
}
