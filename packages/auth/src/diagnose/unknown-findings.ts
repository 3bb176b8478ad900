/** What a refusal found, in words for the case that only its code is known: its server says no more, or is not ours. */
import { type Facts, NEUTRAL_FACTS } from "@agentos/contract";
import { MAX_TOKEN_BYTES } from "../token/token-limits.ts";

/** Values for the places of the catalogue that stand for what was found. */
export const UNKNOWN_FINDINGS: Facts = {
  ...NEUTRAL_FACTS,
  duration: "some time",
  found: "something else",
  header_name: "Authorization",
  kind_claim: "token_use",
  limit_bytes: MAX_TOKEN_BYTES,
  position: "(which the server does not tell)",
  proxy_header: "of a proxy",
  scheme: "of another kind",
  token_bytes: "too many",
  value_found: "something else",
  way_out: "let the server ask for a credential that it verifies",
  why_open: "it verifies no credential",
  word: "undefined",
};
