// Finds import cycles. Type-only imports count too: files that need each other's types are one file in two parts.
import type { Module } from "./modules.ts";

/** Returns each cycle once, as the paths along it, the first repeated at the end. */
export function findCycles(modules: readonly Module[]): string[][] {
  const byPath = new Map(modules.map((module) => [module.path, module]));
  const finished = new Set<string>();
  const cycles: string[][] = [];

  const visit = (path: string, trail: string[]): void => {
    const start = trail.indexOf(path);
    if (start !== -1) {
      cycles.push([...trail.slice(start), path]);
      return;
    }
    if (finished.has(path)) return;
    const targets = new Set((byPath.get(path)?.imports ?? []).map((entry) => entry.target));
    for (const target of targets) {
      if (target !== undefined) visit(target, [...trail, path]);
    }
    finished.add(path);
  };

  for (const module of modules) visit(module.path, []);
  return cycles;
}
