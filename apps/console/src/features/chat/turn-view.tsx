/** A question and its answer. */
import {
  Brain,
  ChevronRight,
  CircleAlert,
  CircleStop,
  KeyRound,
  LoaderCircle,
  Paperclip,
  Pencil,
  RotateCw,
  Terminal,
} from "lucide-react";
import { memo, type ReactNode } from "react";
import { Button } from "../../components/button.tsx";
import { CopyButton } from "../../components/copy-button.tsx";
import { CopyableId } from "../../components/copyable-id.tsx";
import { ErrorState } from "../../components/error-state.tsx";
import { IconButton } from "../../components/icon-button.tsx";
import { LongText } from "../../components/long-text.tsx";
import { Markdown } from "../../components/markdown.tsx";
import { Tooltip } from "../../components/tooltip.tsx";
import { useCopying } from "../../lib/copy-text.ts";
import { KINDS, type RunnableKind } from "../../lib/runnable-kinds.ts";
import { describeSize } from "./attachments.ts";
import { PauseCard } from "./pause-card.tsx";
import { listUsedScopes } from "./scopes-used.ts";
import { ToolCall } from "./tool-call.tsx";
import { isActive, type Turn, type TurnAttachment } from "./turn.ts";
import type { TurnActions } from "./turn-actions.ts";
import { TurnDoubt, TurnFault } from "./turn-fault.tsx";
import { answerOf, describeSeconds, describeTokenSplit, describeTokens } from "./words-of-turn.ts";

export interface TurnViewProps {
  readonly turn: Turn;
  readonly kind: RunnableKind;
  readonly agentId: string;
  /** Who answers, where others speak too. */
  readonly name: string;
  /** Scopes mean nothing where authorization is off. */
  readonly isAuthorized: boolean;
  /** Its stream was lost, and is being taken up again. */
  readonly isReconnecting: boolean;
  readonly actions: TurnActions;
}

/** One that did not change is not drawn again, however fast another one grows. */
export const TurnView = memo(function TurnView({
  turn,
  kind,
  agentId,
  name,
  isAuthorized,
  isReconnecting,
  actions,
}: TurnViewProps) {
  return (
    <article className="mx-auto flex w-full max-w-3xl min-w-0 flex-col gap-4 px-4 py-4 sm:px-6">
      <Question turn={turn} />
      <div className="flex min-w-0 flex-col gap-3 text-base text-ink">
        <Blocks turn={turn} name={name} />
        <Ending turn={turn} kind={kind} actions={actions} isReconnecting={isReconnecting} />
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
        if (block.kind === "tool" && turn.waiting.some(({ id }) => id === block.tool.id)) return null;
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

function Ending({
  turn,
  kind,
  actions,
  isReconnecting,
}: Pick<TurnViewProps, "turn" | "kind" | "actions" | "isReconnecting">) {
  const { state, error, failure, blocks } = turn;
  switch (state) {
    case "sending":
    case "running": {
      const last = blocks.at(-1);
      const isQuiet = last === undefined || (last.kind === "tool" && last.tool.state !== "running");
      return (
        <>
          {isQuiet || isReconnecting ? (
            <p className="flex items-center gap-2 text-sm text-ink-soft">
              <LoaderCircle aria-hidden className="spinning size-4" />
              {isReconnecting ? "Reconnecting" : state === "sending" ? "Sending" : "Working"}
            </p>
          ) : null}
          {error === undefined ? null : (
            <ErrorState error={error} title="Stopping the run has failed" isCompact />
          )}
        </>
      );
    }
    case "stopping":
      return (
        <p className="flex items-center gap-2 text-sm text-ink-soft">
          <LoaderCircle aria-hidden className="spinning size-4" />
          Stopping
        </p>
      );
    case "paused":
      return turn.waiting.length === 0 ? (
        <p className="text-sm text-ink-soft">
          The run waits for something that this console cannot answer. It goes on when a program answers it by
          the API.
        </p>
      ) : (
        <PauseCard
          asker={KINDS[kind].type}
          waiting={turn.waiting}
          error={error}
          onDecide={(decisions) => actions.decide(turn.key, decisions)}
          onExplain={() => actions.explain(turn.key)}
        />
      );
    case "cancelled":
      return (
        <p className="flex items-center gap-2 text-sm text-ink-soft">
          <CircleStop aria-hidden className="size-4 shrink-0" />
          <span className="flex min-w-0 flex-wrap items-center gap-x-3">
            <span className="wrap-anywhere">
              {turn.isStoppedHere === true ? "You stopped this run." : "The run was stopped."}
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
      return turn.isInDoubt === true ? (
        <TurnDoubt turn={turn} kind={kind} actions={actions} />
      ) : (
        <TurnFault turn={turn} actions={actions} />
      );
    case "completed":
      break;
  }
  return blocks.length === 0 ? <p className="text-sm text-ink-soft">The answer is empty.</p> : null;
}

/** Words that add nothing. */
const SAYS_ONLY_CANCELLED = /^Run \S+ was cancelled\.?$/;

function TurnFooter({
  turn,
  kind,
  agentId,
  isAuthorized,
  actions,
}: Omit<TurnViewProps, "name" | "isReconnecting">) {
  const { metrics, state } = turn;
  const curl = useCopying();
  const tokens = metrics === undefined ? undefined : describeTokens(metrics);
  const scopes = listUsedScopes(turn, kind, agentId);
  const answer = answerOf(turn);
  return (
    <footer className="-ml-1 flex min-h-7 flex-wrap items-center gap-x-3 gap-y-1 text-xs text-ink-soft">
      <span className="flex items-center">
        {answer === "" ? null : <CopyButton text={answer} what="the answer" />}
        <IconButton
          label={curl.state === "copied" ? "Copied" : "Copy as curl"}
          icon={<Terminal aria-hidden />}
          size="sm"
          onClick={() => curl.copy(actions.curlOf(turn))}
        />
        {state === "completed" || state === "cancelled" ? (
          <IconButton
            label="Ask again"
            icon={<RotateCw aria-hidden />}
            size="sm"
            onClick={() => actions.retry(turn.key)}
          />
        ) : null}
        {turn.asked === "" ? null : (
          <IconButton
            label="Edit and send as a new message"
            icon={<Pencil aria-hidden />}
            size="sm"
            onClick={() => actions.edit(turn.asked)}
          />
        )}
      </span>
      <span className="flex flex-wrap items-center gap-x-3 gap-y-1 pl-1">
        {metrics?.seconds === undefined ? null : (
          <span className="tabular-nums">{describeSeconds(metrics.seconds)}</span>
        )}
        {metrics === undefined || tokens === undefined ? null : (
          <Tooltip content={describeTokenSplit(metrics)}>
            <span tabIndex={0} className="rounded-sm tabular-nums">
              {tokens}
            </span>
          </Tooltip>
        )}
        {isAuthorized && state !== "refused" ? (
          <Tooltip
            content={
              <span className="flex flex-col gap-1">
                {scopes.map(({ route, scope }) => (
                  <span key={route} className="wrap-anywhere">
                    <code className="font-mono">{scope}</code> for <code className="font-mono">{route}</code>
                  </span>
                ))}
              </span>
            }
          >
            <span tabIndex={0} className="inline-flex items-center gap-1 rounded-sm font-mono">
              <KeyRound aria-hidden className="size-3 text-ink-faint sm:hidden" />
              <span className="hidden font-sans sm:inline">allowed by</span>
              {[...new Set(scopes.map(({ scope }) => scope))].join(" ")}
            </span>
          </Tooltip>
        ) : null}
      </span>
    </footer>
  );
}
