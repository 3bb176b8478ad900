/** The three stations of a rotation, with what can be done at each and why not. Pure. */
import type { ControlPlaneClient } from "@agentos/client";
import { countOf } from "../../lib/words.ts";

export type KeyList = Awaited<ReturnType<ControlPlaneClient["keys"]["list"]>>;
export type SigningKey = KeyList["data"][number];

export type RotationStep = "publish" | "sign" | "retire";

export interface Station {
  readonly step: RotationStep;
  readonly title: string;
  /** What the button does. */
  readonly does: string;
  readonly button: string;
  readonly state: "done" | "now" | "later";
  /** The key that the step is about; undefined where one is made. */
  readonly kid: string | undefined;
  /** Why the button is disabled; undefined where it is not. */
  readonly reason: string | undefined;
  /** It can be done all the same, and what that costs. */
  readonly force: { readonly button: string; readonly cost: string } | undefined;
  /** What speaks for it. */
  readonly evidence: string | undefined;
}

/** What an instance has said of its keys holds for so long: as the control plane takes it. */
const LOADED_SECONDS = 5 * 60;
/** Clocks may differ by so much. */
const SKEW_SECONDS = 10;

/** The first stands at the first thing to do. */
export function describeRotation(
  { data, observed_at: observedAt }: KeyList,
  nowSeconds: number,
): readonly Station[] {
  const published = data.find(({ station }) => station === "published");
  const signing = data.find(({ station }) => station === "signing");
  const retiring = data.find(({ station }) => station === "retiring");
  return [
    {
      step: "publish",
      title: "Publish",
      does: "Makes a key pair, and puts its public half beside the one that signs. Nothing changes for anybody yet.",
      button: "Publish a new key",
      state: published !== undefined || retiring !== undefined ? "done" : "now",
      kid: undefined,
      reason: undefined,
      force: undefined,
      evidence: undefined,
    },
    describeSign(published, signing, retiring, observedAt, nowSeconds),
    describeRetire(retiring, nowSeconds),
  ];
}

function describeSign(
  published: SigningKey | undefined,
  signing: SigningKey | undefined,
  retiring: SigningKey | undefined,
  observedAt: number | null,
  nowSeconds: number,
): Station {
  const station: Omit<Station, "state" | "kid" | "reason" | "force" | "evidence"> = {
    step: "sign",
    title: "Sign",
    does: "New tokens are signed with the new key. Tokens of the one before go on until they end.",
    button: "Sign with it",
  };
  if (published === undefined)
    return {
      ...station,
      state: retiring !== undefined && signing !== undefined ? "done" : "later",
      kid: undefined,
      reason:
        retiring !== undefined && signing !== undefined ? undefined : "It comes after a key is published.",
      force: undefined,
      evidence: undefined,
    };
  const { kid, is_loaded: isLoaded } = published;
  const isFresh = observedAt !== null && observedAt > nowSeconds - LOADED_SECONDS;
  const now = { ...station, state: "now", kid } as const;
  if (isFresh && isLoaded === true)
    return { ...now, reason: undefined, force: undefined, evidence: "The instance has loaded the new key." };
  const cost =
    "If the instance does not have the new key, it refuses everybody's tokens until it is given the key.";
  if (isFresh && isLoaded === false)
    return {
      ...now,
      reason:
        "The instance has not loaded the new key yet. Give it the lines below; one that follows the issuer loads it by itself.",
      force: { button: "Sign without waiting", cost },
      evidence: undefined,
    };
  return {
    ...now,
    reason: "Nobody knows whether the instance has loaded the new key: give it the lines below first.",
    force: { button: "Sign without waiting", cost },
    evidence: undefined,
  };
}

function describeRetire(retiring: SigningKey | undefined, nowSeconds: number): Station {
  const station = {
    step: "retire",
    title: "Retire",
    does: "Takes the key before out of the set, and destroys its private half.",
    button: "Retire the old key",
    kid: retiring?.kid,
  } as const;
  if (retiring === undefined)
    return {
      ...station,
      state: "later",
      reason: "It comes after the new key signs.",
      force: undefined,
      evidence: undefined,
    };
  const { last_token_ends_at: endsAt, request_count: requests } = retiring;
  const left = endsAt === null ? 0 : endsAt + SKEW_SECONDS - nowSeconds;
  if (left <= 0)
    return {
      ...station,
      state: "now",
      reason: undefined,
      force: undefined,
      evidence: `Safe to retire: no valid token is signed with the old key.${
        requests === null ? "" : ` (Last hour: ${countOf(requests, "request")} with it.)`
      }`,
    };
  return {
    ...station,
    state: "now",
    reason: `Tokens by the old key live for another ${describeLeft(left)}.`,
    force: {
      button: "Retire it now",
      cost: "Whoever holds a token by the old key is refused until they have a new one; consoles get theirs by themselves.",
    },
    evidence:
      requests === null ? undefined : `${countOf(requests, "request")} came with it in the last hour.`,
  };
}

/** `4 min 10 s`. */
export function describeLeft(seconds: number): string {
  const whole = Math.ceil(seconds);
  const minutes = Math.floor(whole / 60);
  return minutes === 0 ? `${whole} s` : `${minutes} min ${whole % 60} s`;
}
