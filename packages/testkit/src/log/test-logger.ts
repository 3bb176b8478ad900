/** A logger that remembers what it was told; structural: testkit knows no product code. */

type Facts = Readonly<Record<string, unknown>>;

/** One line that was logged. */
export interface LogEntry {
  readonly level: "error" | "warn" | "info";
  readonly facts: Facts;
  readonly text: string;
}

export interface TestLogger {
  readonly entries: LogEntry[];
  error(facts: Facts, text: string): void;
  warn(facts: Facts, text: string): void;
  info(facts: Facts, text: string): void;
}

/** Creates a logger that writes nowhere. */
export function createTestLogger(): TestLogger {
  const entries: LogEntry[] = [];
  const write = (level: LogEntry["level"]) => (facts: Facts, text: string) => {
    entries.push({ level, facts, text });
  };
  return { entries, error: write("error"), warn: write("warn"), info: write("info") };
}
