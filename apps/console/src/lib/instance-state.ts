/** An instance as the API shows it, and its state in one word. */
import type { ControlPlaneClient } from "@agentos/client";

import { countOf } from "./words.ts";

export type InstanceList = Awaited<ReturnType<ControlPlaneClient["instances"]["list"]>>;
export type Instance = InstanceList["data"][number];

/** What is meant to guard an instance. */
export type Switches = Instance["desired"];

export interface InstanceState {
  readonly tone: "ok" | "warn" | "danger" | "neutral";
  readonly word: string;
}

/** After so many seconds nobody should rely on what was seen. */
const LATELY_SECONDS = 120;

/** Whether what is known of it can stand beside what its pages show. One that was away may be back. */
export function isSeenLately({ observed }: Pick<Instance, "observed">, nowSeconds: number): boolean {
  return observed !== null && observed.is_reachable && nowSeconds - observed.at < LATELY_SECONDS;
}

/** In the fewest words what refuses every request. */
const REFUSES: Readonly<Partial<Record<string, string>>> = {
  INSTANCE_KEY_MANGLED: "Key cannot be read",
  INSTANCE_KEY_OTHER: "Has another key",
  INSTANCE_KEY_FOREIGN: "Has another key",
  INSTANCE_KEY_NOT_LOADED: "Key not loaded",
  INSTANCE_ALGORITHM_OTHER: "Takes another algorithm",
};

/**
 * The state of an instance in one word, of what is known the worst: what was found counts before what is wished. `refusedFor`
 * is why this tab was refused there at last.
 */
export function describeInstanceState(instance: Instance, refusedFor?: string): InstanceState {
  if (instance.is_draft) return { tone: "neutral", word: "Draft" };
  const { observed, findings } = instance;
  const refuses = refusedFor === undefined ? undefined : REFUSES[refusedFor];
  if (refuses !== undefined) return { tone: "danger", word: refuses };
  if (observed === null) return { tone: "neutral", word: "Not checked yet" };
  if (!observed.is_reachable) return { tone: "danger", word: "Unreachable" };
  if (findings.length > 0) return { tone: "warn", word: countOf(findings.length, "problem") };
  return { tone: "ok", word: "Connected" };
}
