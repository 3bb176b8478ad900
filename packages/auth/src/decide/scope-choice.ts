/** The scopes that would do, as a fix names them: for the one item, or for all of them. */

/** `"agents:run", or just "agents:a1:run" for this item`. */
export function describeScopeChoice(scopeToAdd: string, missing: readonly string[]): string {
  const [wide = scopeToAdd] = missing;
  if (wide === scopeToAdd || missing.length > 1) return `the scope "${scopeToAdd}"`;
  return `the scope "${wide}", or just "${scopeToAdd}" for this item`;
}
