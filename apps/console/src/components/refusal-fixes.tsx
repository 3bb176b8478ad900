/** What mends it: one button where a click does, a line to copy where it is done on the instance, ways out as cards. */
import type { ReactNode } from "react";
import { describeFix } from "../lib/refusal-fixes.ts";
import type { RefusalSession } from "../lib/use-refusal.ts";
import { CodeBlock } from "./code-block.tsx";
import { ErrorState } from "./error-state.tsx";
import { MarkedText } from "./marked-text.tsx";
import { FixControl } from "./refusal-fix.tsx";
import { WaysOut } from "./ways-out.tsx";

export function RefusalFixes({ session }: { readonly session: RefusalSession }) {
  const { explanation, instance, isExplaining, fixFault, actions } = session;
  if (isExplaining) return null;
  const { command, choices, evidence, isQuoted } = explanation;
  const fix = describeFix(explanation, actions);
  const hasChoices = choices.length > 0;
  return (
    <div className="flex min-w-0 flex-col gap-3">
      <h3 className="text-xs font-medium text-ink-soft">
        {choices.length > 1 ? "What to do: pick one" : "What to do"}
      </h3>
      {fix === undefined || hasChoices ? null : (
        <p className="text-sm text-ink wrap-anywhere">
          {isQuoted ? (
            <>The instance says: “{fix}”. Nobody here has checked it.</>
          ) : (
            <MarkedText text={fix} />
          )}
        </p>
      )}
      {command === undefined ? null : <CodeBlock label="For a shell" code={command} isShell />}
      {hasChoices && instance !== undefined ? (
        <WaysOut
          choices={choices}
          evidence={evidence}
          instance={instance}
          renderFix={(action, isPrimary) => (
            <FixControl action={action} session={session} isPrimary={isPrimary} isOpen={false} />
          )}
        />
      ) : null}
      <Actions session={session} isPrimaryTaken={hasChoices} />
      {fixFault === null ? null : <ErrorState error={fixFault} title="This could not be done" isCompact />}
    </div>
  );
}

/** Then asking again comes second: nothing has been done yet. */
export function hasWayOut({ explanation, actions }: RefusalSession): boolean {
  return explanation.choices.length > 0 || actions.some(({ kind }) => kind !== "open-instance");
}

/** It takes lines that are put there, and a start. */
export function isMendedThere({ actions, isExplaining }: RefusalSession): boolean {
  return !isExplaining && actions[0]?.kind === "show-configuration";
}

interface ActionsProps {
  readonly session: RefusalSession;
  readonly isPrimaryTaken: boolean;
}

/** Buttons beside each other; what needs room stands below them. */
function Actions({ session, isPrimaryTaken }: ActionsProps): ReactNode {
  const { actions } = session;
  if (actions.length === 0) return null;
  return (
    <div className="flex min-w-0 flex-wrap items-start gap-2">
      {actions.map((action, at) => (
        <FixControl
          key={action.kind}
          action={action}
          session={session}
          isPrimary={at === 0 && !isPrimaryTaken}
          isOpen={at === 0}
        />
      ))}
    </div>
  );
}
