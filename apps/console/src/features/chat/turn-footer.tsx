/** Below an answer: what can be done with it, and what it has cost and needed. */
import { KeyRound, Pencil, RotateCw, Terminal } from "lucide-react";
import { CopyButton } from "../../components/copy-button.tsx";
import { IconButton } from "../../components/icon-button.tsx";
import { Tooltip } from "../../components/tooltip.tsx";
import { useCopying } from "../../lib/copy-text.ts";
import { listUsedScopes } from "./scopes-used.ts";
import type { TurnViewProps } from "./turn-actions.ts";
import { answerOf, describeSeconds, describeTokenSplit, describeTokens } from "./words-of-turn.ts";

export function TurnFooter({
  turn,
  kind,
  agentId,
  isAuthorized,
  actions,
}: Omit<TurnViewProps, "name" | "hasStop">) {
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
