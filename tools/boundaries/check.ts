// Judges every import against rules.ts. Each check looks at one import and returns a fault or nothing.
import { builtinModules } from "node:module";
import { findCycles } from "./cycles.ts";
import { type Import, type Module, readModules, unitOf } from "./modules.ts";
import {
  allowedOutsidePackages,
  forbiddenEntries,
  layerArrows,
  layeredUnits,
  layersAboveJoiningFiles,
  openFiles,
  packageArrows,
  testOnlyPackages,
  testPackages,
  unitsWithoutNode,
} from "./rules.ts";

export interface Violation {
  readonly rule: string;
  readonly path: string;
  readonly line: number;
  readonly message: string;
}

type Fault = readonly [rule: string, message: string];
type Check = (module: Module, entry: Import, joiners: ReadonlySet<string>) => Fault | undefined;

const scope = "@agentos/";
const builtins = new Set(builtinModules);

/** Checks all imports below `root`, cycles included. */
export function checkBoundaries(root: string): Violation[] {
  const modules = readModules(root);
  const joiners = findJoiners(modules);
  const violations: Violation[] = [];
  for (const module of modules) {
    for (const entry of module.imports) {
      for (const check of checks) {
        const fault = check(module, entry, joiners);
        if (fault)
          violations.push({ rule: fault[0], path: module.path, line: entry.line, message: fault[1] });
      }
    }
  }
  for (const cycle of findCycles(modules)) {
    violations.push({ rule: "no-cycle", path: cycle[0] ?? "", line: 1, message: cycle.join(" -> ") });
  }
  return violations;
}

const checkPackageArrow: Check = (module, entry) => {
  const target = importedPackage(entry);
  if (target === undefined || target === module.unit) return undefined;
  const allowed = packageArrows[module.unit];
  if (allowed === undefined)
    return ["known-unit", `"${module.unit}" has no row in tools/boundaries/rules.ts`];
  if (testOnlyPackages.includes(target)) {
    if (module.isTest || allowed.includes(target)) return undefined;
    return ["test-only-package", `"${target}" is for tests, bench and e2e only`];
  }
  if (allowed.includes(target) || allowed.includes("*")) return undefined;
  return ["package-arrow", `"${module.unit}" may not import "${target}"`];
};

const checkEntry: Check = (module, entry) => {
  const row = forbiddenEntries.find((rule) => rule.unit === module.unit && rule.entry === entry.specifier);
  if (row) return ["forbidden-entry", `"${row.unit}" may not import "${row.entry}": ${row.reason}`];
  if (entry.specifier.startsWith(scope) && entry.target === undefined) {
    return ["deep-import", `"${entry.specifier}" is not a published entry`];
  }
  return undefined;
};

const checkRelative: Check = (module, entry) => {
  if (!entry.specifier.startsWith(".")) return undefined;
  if (entry.target === undefined) return ["unresolved", `"${entry.specifier}" leads to no file`];
  const { target } = entry;
  if (unitOf(target) === module.unit && homeOf(target) === homeOf(module.path)) return undefined;
  if (openFiles.some(({ unit, files }) => unit === module.unit && files.includes(target))) return undefined;
  return ["deep-import", `"${entry.specifier}" leaves the package: import its published entry instead`];
};

const checkNode: Check = (module, entry) => {
  const isBuiltin = entry.specifier.startsWith("node:") || builtins.has(entry.specifier);
  if (!isBuiltin || module.isTest || !unitsWithoutNode.includes(module.unit)) return undefined;
  return ["no-node", `"${module.unit}" may not import "${entry.specifier}": pass it in`];
};

const checkOutside: Check = (module, entry) => {
  const allowed = allowedOutsidePackages[module.unit];
  const { specifier } = entry;
  if (allowed === undefined || /^(\.|node:|@agentos\/)/.test(specifier) || builtins.has(specifier))
    return undefined;
  const name = specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
  if (allowed.includes(name) || (module.isTest && testPackages.includes(name))) return undefined;
  return ["outside-package", `"${module.unit}" may not depend on "${name}"; a new one needs a decision note`];
};

const checkLayer: Check = (module, entry, joiners) => {
  if (module.isTest || !layeredUnits.includes(module.unit) || entry.target === undefined) return undefined;
  if (unitOf(entry.target) !== module.unit) return undefined;
  const from = layerOf(module.path);
  const to = layerOf(entry.target);
  // Joining files may import any folder, and only hosts may import them.
  if (from === undefined || from === to) return undefined;
  const allowed = layerArrows[from];
  if (allowed === undefined)
    return ["known-layer", `folder "${from}" has no row in tools/boundaries/rules.ts`];
  if (to === undefined) {
    if (!joiners.has(entry.target) || layersAboveJoiningFiles.includes(from)) return undefined;
    return ["layer-arrow", `"${from}" may not import the joining file ${entry.target}`];
  }
  return allowed.includes(to) ? undefined : ["layer-arrow", `"${from}" may not import "${to}"`];
};

const checks: readonly Check[] = [
  checkPackageArrow,
  checkEntry,
  checkRelative,
  checkNode,
  checkOutside,
  checkLayer,
];

function importedPackage(entry: Import): string | undefined {
  if (entry.specifier.startsWith(scope)) return entry.specifier.slice(scope.length).split("/")[0];
  // A relative path into another unit is judged by its arrow as well, not only as a deep import.
  return entry.target === undefined ? undefined : unitOf(entry.target);
}

/** The folder that a relative import may not leave: one package, or one example. */
function homeOf(path: string): string {
  const depth = /^(packages|apps|examples)\//.test(path) ? 2 : 1;
  return path.split("/").slice(0, depth).join("/");
}

function layerOf(path: string): string | undefined {
  const [folder, ...below] = path.split("/").slice(3);
  return below.length > 0 ? folder : undefined;
}

/** Files directly in `src` that reach into a folder, themselves or through another such file. */
function findJoiners(modules: readonly Module[]): Set<string> {
  const candidates = modules.filter((module) => !module.isTest && layerOf(module.path) === undefined);
  const joiners = new Set<string>();
  for (let size = -1; size !== joiners.size; ) {
    size = joiners.size;
    for (const module of candidates) {
      const reaches = module.imports.some(
        ({ target }) =>
          target !== undefined &&
          unitOf(target) === module.unit &&
          (layerOf(target) !== undefined || joiners.has(target)),
      );
      if (reaches) joiners.add(module.path);
    }
  }
  return joiners;
}
