export function createGuardLog() {
  const logLines: string[] = [];
  const write = (facts: Readonly<Record<string, unknown>>, text: string) => {
    logLines.push(
      `${text} ${JSON.stringify(facts, (_, value: unknown) => (value instanceof Error ? `${value.stack} ${String(value.cause)}` : value))}`,
    );
  };
  return { logger: { error: write, warn: write, info: write } as never, logLines };
}
