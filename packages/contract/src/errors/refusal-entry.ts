/** Makers of refusal entries, with what most of them have in common. */
import type { RefusalEntry } from "./entry.ts";

/** What an entry says; the rest has defaults. */
type Refused = Pick<RefusalEntry, "stage" | "detail" | "title" | "fix"> &
  Partial<
    Pick<RefusalEntry, "status" | "challenge" | "retryAfterSeconds" | "seenAs" | "publicFacts" | "publicCode">
  >;

/** A refusal of authentication: 401 `invalid_token`, unless the entry says otherwise. */
export const refusal = (entry: Refused): RefusalEntry => ({
  kind: "refusal",
  status: 401,
  challenge: "invalid_token",
  publicFacts: [],
  since: "0.1.0",
  ...entry,
});

/** What the contract says of a text that is no JWT. */
export const NOT_A_TOKEN = "Invalid token: Not enough segments";
