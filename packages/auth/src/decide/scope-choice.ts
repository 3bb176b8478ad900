/** The scopes that would do, as a fix names them: for the one item, or for all of them. */
import { describeNearMiss, findNearMiss } from "../scope/near-miss.ts";

/** `"agents:run", or just "agents:a1:run" for this item`. */
export function describeScopeChoice(scopeToAdd: string, missing: readonly string[]): string {
  const [wide = scopeToAdd] = missing;
  if (wide === scopeToAdd || missing.length > 1) return `the scope "${scopeToAdd}"`;
  return `the scope "${wide}", or just "${scopeToAdd}" for this item`;
}

/** The same, with the scope of the caller that was meant to be it, where one is nearly right. */
export function describeScopeChoiceFor(
  held: readonly string[],
  scopeToAdd: string,
  missing: readonly string[],
): string {
  const [wide = scopeToAdd] = missing;
  // Of several missing ones only the one that the fix names.
  const meant = missing.length > 1 ? [scopeToAdd] : [scopeToAdd, wide];
  for (const scope of meant) {
    const miss = findNearMiss(held, scope);
    if (miss !== undefined) return `the scope "${scope}"${describeNearMiss(miss)}`;
  }
  return describeScopeChoice(scopeToAdd, missing);
}
