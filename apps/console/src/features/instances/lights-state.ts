/** The state of all lights in one word. Pure. */

import { countOf } from "../../lib/words.ts";
import { isAllGreen, isConnectable } from "./connection-lights.ts";
import type { Light, LightId } from "./light.ts";

/** What is wrong where a light is red, in the fewest words. */
const FAULTS: Readonly<Record<LightId, string>> = {
  address: "Address refused",
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
  if (red !== undefined) return { tone: "danger", word: red.bar?.word ?? FAULTS[red.id], isBusy: true };
  const asks = lights.find(({ state }) => state === "asks");
  if (asks !== undefined) return { tone: "accent", word: ASKED[asks.id] ?? asks.title, isBusy: false };
  if (isDraft && isConnectable(lights)) return { tone: "ok", word: "Ready to connect", isBusy: false };
  if (isAllGreen(lights)) return { tone: "ok", word: describePassed(lights), isBusy: false };
  return { tone: "neutral", word: "Checking…", isBusy: true };
}

/** What somebody should know stands in nobody's way, and is no check that was passed. */
export function describePassed(lights: readonly Light[]): string {
  const toKnow = lights.filter(({ state }) => state === "warn").length;
  const passed = countOf(lights.length - toKnow, "check");
  return toKnow === 0 ? `${passed} passed` : `${passed} passed, ${toKnow} to know`;
}

export interface Connecting {
  readonly isReady: boolean;
  /** Nothing is known yet, or it would only be refused. */
  readonly isClosed: boolean;
  readonly label: string;
  /** What follows from it. */
  readonly note: string;
}

/** What the button of a draft does, as the lights stand. */
export function describeConnecting(lights: readonly Light[]): Connecting {
  if (isConnectable(lights))
    return {
      isReady: true,
      isClosed: false,
      label: "Connect it",
      note: "It becomes an instance of your organization, for all its members. Then the last three lights are tried.",
    };
  const red = lights.find(({ state }) => state === "failed");
  if (red === undefined)
    return {
      isReady: false,
      isClosed: true,
      label: "Connect it",
      note: "First this browser has to look at its address.",
    };
  if (red.bar !== undefined)
    return {
      isReady: false,
      isClosed: true,
      label: "Connect it",
      note: red.bar.note,
    };
  return {
    isReady: false,
    isClosed: false,
    label: "Connect anyway",
    note:
      red.id === "agentos"
        ? "Nobody can use it until an AgentOS answers at this address."
        : "Colleagues whose browsers reach it can use it. It will not work from this browser until the red light is fixed.",
  };
}
