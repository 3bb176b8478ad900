/** A control that would be refused is disabled, and says which scope is missing and who can give it. */
import type { MissingScope } from "../lib/scope-words.ts";
import { useMissingScopes } from "../lib/session.ts";
import { asSentence, joinWords } from "../lib/words.ts";
import { ObstructedControl, type ObstructedControlProps } from "./obstructed-control.tsx";

export interface RequiresScopeProps {
  /** All of them are needed. */
  readonly scopes: readonly string[];
  /** A `Button` or `IconButton`: they stay reachable by keyboard when they are disabled. */
  readonly children: ObstructedControlProps["children"];
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
  readonly children: ObstructedControlProps["children"];
}) {
  const { scopes, whoCan } = missing;
  const detail = (
    <dl className="grid grid-cols-[max-content_minmax(0,1fr)] gap-x-3 gap-y-1">
      <dt className="text-ink-soft">Missing</dt>
      <dd className="font-mono wrap-anywhere text-ink">{scopes.join(", ")}</dd>
      <dt className="text-ink-soft">Who can</dt>
      <dd className="text-ink">
        {whoCan === undefined ? "No role of this organization" : asSentence(whoCan).slice(0, -1)}
      </dd>
    </dl>
  );
  const obstacle = { title: "Your role does not allow this", text: explainMissing(missing), detail };
  return <ObstructedControl obstacle={obstacle}>{children}</ObstructedControl>;
}

/** In a sentence, for where there is no tooltip. */
export function explainMissing({ scopes, whoCan }: MissingScope): string {
  const who = whoCan === undefined ? "No role of this organization gives it." : `Ask ${whoCan}.`;
  return `Your role does not give ${joinWords(scopes, "and")}. ${who}`;
}
