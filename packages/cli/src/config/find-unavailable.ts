/** Parts of the configuration that later releases build: refused by name, never ignored. */
import type { Fault } from "@agentos/contract";
import { createUnavailableFault } from "./config-faults.ts";

interface Part {
  readonly path: readonly string[];
  readonly arrives: string;
  /** Values that ask for nothing. */
  readonly isHarmless: (value: unknown) => boolean;
}

const isAbsent = (value: unknown) => value === undefined || value === null;
const isEmptyList = (value: unknown) => isAbsent(value) || (Array.isArray(value) && value.length === 0);

const PARTS: readonly Part[] = [
  {
    path: ["teams"],
    arrives: "teams arrive with the runtime release; until then configure their agents one by one",
    isHarmless: isEmptyList,
  },
  { path: ["workflows"], arrives: "workflows arrive with the runtime release", isHarmless: isEmptyList },
];

/** One fault for each part that is asked for and not there yet. */
export function findUnavailable(config: unknown): readonly Fault[] {
  return PARTS.flatMap(({ path, arrives, isHarmless }) => {
    const value = path.reduce<unknown>((inner, name) => {
      return typeof inner === "object" && inner !== null
        ? (inner as Readonly<Record<string, unknown>>)[name]
        : undefined;
    }, config);
    return isHarmless(value) ? [] : [createUnavailableFault({ option: path.join("."), arrives })];
  });
}
