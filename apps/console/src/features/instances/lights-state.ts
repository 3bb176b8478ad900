/** The state of all lights in one word. Pure. */
import { isAllGreen, isConnectable } from "./connection-lights.ts";
import type { Light, LightId } from "./light.ts";

/** What is wrong where a light is red, in the fewest words. */
const FAULTS: Readonly<Record<LightId, string>> = {
  address: "No address",
  network: "Blocked by this browser",
  reachable: "Not reachable",
  cors: "Blocked by CORS",
  agentos: "Not an AgentOS",
  version: "Version unknown",
  mode: "Not protected",
  key: "Key refused",
  audience: "Wrong audience",
  scope: "Scope missing",
};

const ASKED: Partial<Readonly<Record<LightId, string>>> = {
  address: "Give an address",
  version: "Say its version",
  key: "Type its security key",
};

export interface LightsState {
  readonly tone: "ok" | "danger" | "accent" | "neutral";
  readonly word: string;
  /** It is looked at again. */
  readonly isBusy: boolean;
}

/** All of them in one word: the first fault, else what the person is asked. */
export function describeLights(
  lights: readonly Light[],
  { isDraft }: { readonly isDraft: boolean },
): LightsState {
  const red = lights.find(({ state }) => state === "failed");
  if (red !== undefined) return { tone: "danger", word: FAULTS[red.id], isBusy: true };
  const asks = lights.find(({ state }) => state === "asks");
  if (asks !== undefined) return { tone: "accent", word: ASKED[asks.id] ?? asks.title, isBusy: false };
  if (isDraft && isConnectable(lights)) return { tone: "ok", word: "Ready to connect", isBusy: false };
  if (isAllGreen(lights)) return { tone: "ok", word: "All lights are green", isBusy: false };
  return { tone: "neutral", word: "Checking…", isBusy: true };
}
