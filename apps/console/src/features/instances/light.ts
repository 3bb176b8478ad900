/** One light of the connection wizard, and what all of them follow from. */
import type { BrowserKind } from "../../lib/browser-kind.ts";
import type { Instance } from "../../lib/instance-state.ts";
import type { ProbeReport } from "../../lib/probe-endpoint.ts";
import type { Trial } from "../../lib/trial.ts";

export const LIGHT_IDS = [
  "address",
  "network",
  "reachable",
  "cors",
  "agentos",
  "version",
  "mode",
  "key",
  "audience",
  "scope",
] as const;
export type LightId = (typeof LIGHT_IDS)[number];

/** `warn`: nothing stands in the way, but somebody should know. `asks`: the person is asked. */
export type LightState = "passed" | "warn" | "failed" | "asks" | "looking" | "waiting";

export interface Light {
  readonly id: LightId;
  readonly title: string;
  readonly state: LightState;
  /** What was seen, in a few words. */
  readonly said: string;
  /** What to do. */
  readonly fix?: string;
  /** Lines to paste where the instance is configured. */
  readonly lines?: { readonly label: string; readonly code: string };
  /** Of an address that is refused: why, in the fewest words, and what follows for connecting. */
  readonly bar?: { readonly word: string; readonly note: string };
  /** What the instance said itself: its words. */
  readonly words?: string;
}

export interface LightsInput {
  readonly instance: Instance;
  /** Undefined until this browser has looked. */
  readonly report: ProbeReport | undefined;
  readonly trial: Trial | undefined;
  readonly browser: BrowserKind;
  readonly consoleOrigin: string;
  /** Of a draft: the instance that is connected at its address already. */
  readonly taken?: Instance | undefined;
}

export type Words = Omit<Light, "id" | "title">;
export type Found = Partial<Readonly<Record<LightId, Words>>>;

export const LOOKING: Words = { state: "looking", said: "Looking…" };
