/** A question and its answer. */
import { Brain, ChevronRight, Paperclip } from "lucide-react";
import { memo, type ReactNode } from "react";
import { LongText } from "../../components/long-text.tsx";
import { Markdown } from "../../components/markdown.tsx";
import { describeSize } from "./attachments.ts";
import { ToolCall } from "./tool-call.tsx";
import { isActive, type Turn, type TurnAttachment } from "./turn.ts";
import type { TurnViewProps } from "./turn-actions.ts";
import { TurnEnding } from "./turn-ending.tsx";
import { TurnFooter } from "./turn-footer.tsx";

/** One that did not change is not drawn again, however fast another one grows. */
export const TurnView = memo(function TurnView({
  turn,
  kind,
  agentId,
  name,
  isAuthorized,
  hasStop,
  actions,
}: TurnViewProps) {
  return (
    <article className="mx-auto flex w-full max-w-3xl min-w-0 flex-col gap-4 px-4 py-4 sm:px-6">
      <Question turn={turn} />
      <div className="flex min-w-0 flex-col gap-3 text-base text-ink">
        <Blocks turn={turn} name={name} />
        <TurnEnding turn={turn} kind={kind} hasStop={hasStop} actions={actions} />
      </div>
      {isActive(turn) ? null : (
        <TurnFooter turn={turn} kind={kind} agentId={agentId} isAuthorized={isAuthorized} actions={actions} />
      )}
    </article>
  );
});

function Question({ turn }: { readonly turn: Turn }) {
  const { asked, attachments } = turn;
  return (
    <div className="flex min-w-0 flex-col items-end gap-1.5">
      <h3 className="sr-only">You</h3>
      {attachments.length === 0 ? null : (
        <ul aria-label="Files" className="flex max-w-full flex-wrap justify-end gap-1.5">
          {attachments.map((file, at) => (
            // Two files may have one name: their place tells them apart.
            <li key={`${at} ${file.name}`}>
              <FileChip file={file} />
            </li>
          ))}
        </ul>
      )}
      {asked === "" ? null : (
        <p className="max-w-[85%] rounded-lg rounded-br-sm border border-line bg-sunken px-3.5 py-2 text-base whitespace-pre-wrap wrap-anywhere text-ink">
          <LongText text={asked} />
        </p>
      )}
    </div>
  );
}

export function FileChip({
  file,
  trailing,
}: {
  readonly file: TurnAttachment;
  readonly trailing?: ReactNode;
}) {
  return (
    <span className="inline-flex h-7 max-w-64 items-center gap-1.5 rounded-md border border-line bg-raised pl-2 text-xs text-ink last:pr-2 [&>svg]:size-3.5 [&>svg]:shrink-0 [&>svg]:text-ink-faint">
      <Paperclip aria-hidden />
      <span className="min-w-0 truncate">{file.name}</span>
      {file.size === undefined ? null : (
        <span className="shrink-0 pr-2 text-ink-soft tabular-nums">{describeSize(file.size)}</span>
      )}
      {trailing}
    </span>
  );
}

function Blocks({ turn, name }: Pick<TurnViewProps, "turn" | "name">) {
  const { blocks } = turn;
  // In company it is said who speaks.
  const own = blocks.some(({ author }) => author !== undefined) ? name : undefined;
  const isRunning = isActive(turn);
  return (
    <>
      <h3 className="sr-only">Answer</h3>
      {blocks.map((block, at): ReactNode => {
        // What waits is shown by the question about it.
        if (block.kind === "tool" && turn.pause?.waiting.some(({ id }) => id === block.tool.id) === true)
          return null;
        const isLast = at === blocks.length - 1;
        // Blocks are only ever added at the end: the place is what they are.
        const key = `${at}`;
        switch (block.kind) {
          case "text":
            return (
              <div key={key} className="min-w-0">
                {(block.author ?? own) === undefined ? null : (
                  <p className="mb-1 text-xs font-medium text-ink-soft">{block.author ?? own}</p>
                )}
                <Markdown text={block.text} isGrowing={isRunning && isLast} />
              </div>
            );
          case "reasoning":
            return <Reasoning key={key} text={block.text} isGrowing={isRunning && isLast} />;
          default:
            return (
              <ToolCall
                key={key}
                tool={block.tool}
                author={block.author}
                isOver={!isRunning && turn.state !== "paused"}
              />
            );
        }
      })}
      {turn.isCut ? (
        <p className="text-xs text-ink-soft">
          The instance said more than a page can show. The rest is left out.
        </p>
      ) : null}
    </>
  );
}

function Reasoning({ text, isGrowing }: { readonly text: string; readonly isGrowing: boolean }) {
  return (
    <details className="group min-w-0 text-sm text-ink-soft">
      <summary className="inline-flex h-7 list-none items-center gap-1.5 rounded-md pr-2 hover:text-ink [&::-webkit-details-marker]:hidden [&_svg]:size-4">
        <Brain aria-hidden className={isGrowing ? "pulsing" : undefined} />
        {isGrowing ? "Thinking" : "Thoughts"}
        <ChevronRight aria-hidden className="transition-transform group-open:rotate-90" />
      </summary>
      <p className="mt-1 border-l-2 border-line pl-3 whitespace-pre-wrap wrap-anywhere">
        <LongText text={text} />
      </p>
    </details>
  );
}
