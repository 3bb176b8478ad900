/** A control that would be refused is disabled, and says which scope is missing and who can give it. */
import { Tooltip as Base } from "@base-ui/react/tooltip";
import { Lock } from "lucide-react";
import { cloneElement, type ReactElement, useId } from "react";
import type { MissingScope } from "../lib/scope-words.ts";
import { useMissingScopes } from "../lib/session.ts";
import { asSentence, joinWords } from "../lib/words.ts";

interface Control {
  readonly disabled?: boolean;
  readonly isDisabled?: boolean;
  readonly "aria-describedby"?: string;
}

export interface RequiresScopeProps {
  /** All of them are needed. */
  readonly scopes: readonly string[];
  /** A `Button` or `IconButton`: they stay reachable by keyboard when they are disabled. */
  readonly children: ReactElement<Control>;
}

/** @public What features wrap their controls in. */
export function RequiresScope({ scopes, children }: RequiresScopeProps) {
  const missing = useMissingScopes(scopes);
  return missing === undefined ? children : <DisabledControl missing={missing}>{children}</DisabledControl>;
}

/** The same where the reason is known already. */
export function DisabledControl({
  missing,
  children,
}: {
  readonly missing: MissingScope;
  readonly children: ReactElement<Control>;
}) {
  const id = useId();
  const words = explainMissing(missing);
  return (
    <Base.Root>
      <Base.Trigger render={cloneElement(children, { disabled: true, "aria-describedby": id })} />
      <span id={id} className="sr-only">
        {words}
      </span>
      <Base.Portal>
        <Base.Positioner sideOffset={6} collisionPadding={8} className="z-50">
          <Base.Popup className="popup flex max-w-80 flex-col gap-2 p-3 text-xs">
            <p className="flex items-center gap-1.5 font-medium text-ink">
              <Lock aria-hidden className="size-3.5 text-ink-soft" />
              Your role does not allow this
            </p>
            <dl className="grid grid-cols-[max-content_minmax(0,1fr)] gap-x-3 gap-y-1">
              <dt className="text-ink-soft">Missing</dt>
              <dd className="font-mono wrap-anywhere text-ink">{missing.scopes.join(", ")}</dd>
              <dt className="text-ink-soft">Who can</dt>
              <dd className="text-ink">
                {missing.whoCan === undefined
                  ? "No role of this organization"
                  : asSentence(missing.whoCan).slice(0, -1)}
              </dd>
            </dl>
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

/** In a sentence, for where there is no tooltip. */
export function explainMissing({ scopes, whoCan }: MissingScope): string {
  const who = whoCan === undefined ? "No role of this organization gives it." : `Ask ${whoCan}.`;
  return `Your role does not give ${joinWords(scopes, "and")}. ${who}`;
}
