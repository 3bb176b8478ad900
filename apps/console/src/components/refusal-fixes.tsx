/** What mends it: one button where a click does, a line to copy where it is done on the instance, ways out as cards. */
import type { ReactNode } from "react";
import { cx } from "../lib/cx.ts";
import type { Explanation } from "../lib/explain-refusal.ts";
import { isAboutSwitches, planChoice } from "../lib/refusal-fixes.ts";
import type { RefusalSession } from "../lib/use-refusal.ts";
import { asSentence } from "../lib/words.ts";
import { Badge } from "./badge.tsx";
import { CodeBlock } from "./code-block.tsx";
import { ErrorState } from "./error-state.tsx";
import { MarkedText } from "./marked-text.tsx";
import { FixControl } from "./refusal-fix.tsx";

export function RefusalFixes({ session }: { readonly session: RefusalSession }) {
  const { explanation, isExplaining, fixFault } = session;
  if (isExplaining) return null;
  const { fix, command, choices, isQuoted } = explanation;
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
      {hasChoices ? (
        <ul className={cx("grid grid-cols-1 gap-3", choices.length > 1 && "sm:grid-cols-2")}>
          {choices.map((choice) => (
            <Choice
              key={choice.title}
              choice={choice}
              session={session}
              isPreferred={choice.is_preferred && choices.length > 1}
            />
          ))}
        </ul>
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

interface ChoiceProps {
  readonly choice: Explanation["choices"][number];
  readonly session: RefusalSession;
  readonly isPreferred: boolean;
}

function Choice({ choice, session, isPreferred }: ChoiceProps) {
  const { title, steps } = choice;
  const action = planChoice(choice, session.instance);
  return (
    <li className="flex min-w-0 flex-col gap-3 rounded-md border border-line-strong bg-canvas p-3">
      <p className="flex flex-wrap items-center justify-between gap-2 text-sm font-medium text-ink">
        {title}
        {isPreferred ? <Badge tone="accent">Preferred</Badge> : null}
      </p>
      <ol className="flex flex-1 list-decimal flex-col gap-1 pl-4 text-xs text-ink-soft marker:text-ink-faint">
        {steps.map((step) => (
          <li key={step} className="wrap-anywhere">
            <MarkedText text={asSentence(step)} />
          </li>
        ))}
      </ol>
      {action !== undefined ? (
        <div>
          <FixControl action={action} session={session} isPrimary={isPreferred} isOpen={false} />
        </div>
      ) : isAboutSwitches(choice) ? (
        <p className="text-xs text-ink-soft">The switches are set so. The rest is done on the instance.</p>
      ) : null}
    </li>
  );
}
