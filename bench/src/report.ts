// What a run prints: the machine, the measurements, and which targets are met.
import { cpus } from "node:os";

export interface Verdict {
  readonly target: string;
  readonly measured: string;
  readonly isMet: boolean;
  /** Wrong on any machine, however slow. */
  readonly isFault?: boolean;
}

/** One part of the run: its measurements as rows, and what they mean for the targets. */
export interface Section {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly verdicts: readonly Verdict[];
}

export function formatMachine(): string {
  const [first] = cpus();
  return `${first?.model.trim() ?? "unknown CPU"}, ${cpus().length} cores, ${process.platform}-${process.arch}, Node ${process.versions.node}, OpenSSL ${process.versions.openssl}`;
}

export function formatSection({ title, head, rows }: Section): string {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const lines = all.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join("  "),
  );
  return [title, ...lines.map((line) => `  ${line.trimEnd()}`)].join("\n");
}

export function formatVerdicts(verdicts: readonly Verdict[]): string {
  const width = Math.max(0, ...verdicts.map(({ target }) => target.length));
  return [
    "Targets",
    ...verdicts.map(
      ({ target, measured, isMet }) =>
        `  ${isMet ? "met   " : "MISSED"}  ${target.padEnd(width)}  ${measured}`,
    ),
  ].join("\n");
}

export const times = (value: number): string => `${value.toFixed(2)}x`;
export const micros = (value: number): string => (value < 10 ? value.toFixed(2) : value.toFixed(1));
