/**
 * `node:sqlite` without its warning. Node 22 prints one for every program that loads it, which its users would take for
 * ours; every other warning is printed as before.
 */
import type * as Sqlite from "node:sqlite";

function load(): typeof Sqlite {
  const { emitWarning } = process;
  process.emitWarning = (warning: string | Error, ...rest: readonly unknown[]) => {
    if (rest[0] === "ExperimentalWarning" && String(warning).includes("SQLite")) return;
    Reflect.apply(emitWarning, process, [warning, ...rest]);
  };
  try {
    return process.getBuiltinModule("node:sqlite");
  } finally {
    process.emitWarning = emitWarning;
  }
}

export const { DatabaseSync, backup } = load();
