// Judges every import against rules.ts. Each check looks at one import and returns a fault or nothing.
import { builtinModules } from "node:module";
import { findCycles } from "./cycles.ts";
import { type Import, type Module, readEntryFiles, readModules, unitOf } from "./modules.ts";
import {
  allowedOutsidePackages,
  forbiddenEntries,
  openFiles,
  packageArrows,
  packagesOfOneFile,
  roomArrows,
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
type Check = (module: Module, entry: Import) => Fault | undefined;

const scope = "@agentos/";
const builtins = new Set(builtinModules);

/** Checks all imports below `root`, cycles included. */
export function checkBoundaries(root: string): Violation[] {
  const modules = readModules(root);
  const violations: Violation[] = [...checkPlaces(root, modules), ...checkRooms(modules)];
  for (const module of modules) {
    for (const entry of module.imports) {
      for (const check of checks) {
        const fault = check(module, entry);
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
  const name = outsidePackage(entry);
  if (allowed === undefined || name === undefined) return undefined;
  if (allowed.includes(name) || (module.isTest && testPackages.includes(name))) return undefined;
  return ["outside-package", `"${module.unit}" may not depend on "${name}"; a new one needs a decision note`];
};

const checkOneFile: Check = (module, entry) => {
  const name = outsidePackage(entry);
  const row = packagesOfOneFile.find((rule) => rule.name === name);
  if (row === undefined || row.files.includes(module.path)) return undefined;
  return ["one-file-package", `only ${row.files.join(", ")} may import "${row.name}": ${row.reason}`];
};

const checkRoom: Check = (module, entry) => {
  const arrows = roomArrows[module.unit];
  if (arrows === undefined || module.isTest || entry.target === undefined) return undefined;
  if (unitOf(entry.target) !== module.unit) return undefined;
  const from = roomOf(module.path, arrows);
  const to = roomOf(entry.target, arrows);
  // An entry may import every room.
  if (from === ENTRY || from === to) return undefined;
  if (to === ENTRY) return ["room-arrow", `"${from}" may not import the entry ${entry.target}`];
  // A room without a row is named by its folder, once.
  const allowed = arrows[from];
  return allowed === undefined || allowed.includes(to)
    ? undefined
    : ["room-arrow", `"${from}" may not import "${to}"`];
};

const checks: readonly Check[] = [
  checkPackageArrow,
  checkEntry,
  checkRelative,
  checkNode,
  checkOutside,
  checkOneFile,
  checkRoom,
];

/** Undefined for what is no package of others. */
function outsidePackage({ specifier }: Import): string | undefined {
  if (/^(\.|node:|@agentos\/)/.test(specifier) || builtins.has(specifier)) return undefined;
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}

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

/** What files directly in `src` are. */
const ENTRY = "";

/** The room that a file of a unit is in: the longest that has a row, else the folder below `src`. */
function roomOf(path: string, arrows: Readonly<Record<string, unknown>>): string {
  const folders = path.split("/").slice(3, -1);
  for (let depth = folders.length; depth > 0; depth -= 1) {
    const room = folders.slice(0, depth).join("/");
    if (Object.hasOwn(arrows, room)) return room;
  }
  return folders[0] ?? ENTRY;
}

/** Every folder of a package is a room with a row: without one nothing would be said about what it imports. */
function checkRooms(modules: readonly Module[]): readonly Violation[] {
  const named = new Set<string>();
  return modules.flatMap(({ path, unit, isTest }): readonly Violation[] => {
    const arrows = roomArrows[unit] ?? {};
    const room = roomOf(path, arrows);
    const name = `${unit} ${room}`;
    if (!path.startsWith("packages/") || isTest || room === ENTRY) return [];
    if (Object.hasOwn(arrows, room) || named.has(name)) return [];
    named.add(name);
    const message = `room "${room}" has no row in tools/boundaries/rules.ts`;
    return [{ rule: "known-room", path, line: 1, message }];
  });
}

/** Nothing lies loose at a package's root but its entries, and no two files of one package share a name. */
function checkPlaces(root: string, modules: readonly Module[]): readonly Violation[] {
  const entries = new Set(readEntryFiles(root));
  const names = new Map<string, string>();
  return modules.flatMap(({ path, isTest }): readonly Violation[] => {
    const [home = "", unit = "", , ...below] = path.split("/");
    if (home !== "packages") return [];
    const name = below.at(-1) ?? "";
    const twin = names.get(`${unit} ${name}`);
    names.set(`${unit} ${name}`, path);
    const isLoose = below.length === 1 && (isTest || !entries.has(path));
    return [
      ...(isLoose ? [{ rule: "loose-file", path, line: 1, message: "is no entry: give it a room" }] : []),
      ...(twin === undefined
        ? []
        : [{ rule: "twin-name", path, line: 1, message: `has the name of ${twin}` }]),
    ];
  });
}
