/** What a refusal found, in words for the case that only its code is known: its server says no more, or is not ours. */
import type { Facts } from "@agentos/contract";
import { MAX_TOKEN_BYTES } from "../token/token-limits.ts";

/** Values for the places of the catalogue that stand for what was found. */
export const UNKNOWN_FINDINGS: Facts = {
  algorithm_found: "names no algorithm that this AgentOS supports",
  credential_kind: "a token of another service",
  dots_found: "another number of dots",
  duration: "some time",
  empty_place: "the header or the cookie",
  extension: "an extension",
  found: "something else",
  found_place: "around",
  header_name: "Authorization",
  issuer_found: "is none that this AgentOS trusts",
  issuer_remedy:
    'where its "issuer" differs in a slash or a letter only, correct that, otherwise add it under "issuers"',
  kind_accepted: "that of an access token",
  kind_claim: "token_use",
  limit_bytes: MAX_TOKEN_BYTES,
  position: "(which the server does not tell)",
  scheme: "of another kind",
  signature_found: "is damaged or cut off",
  token_bytes: "too many",
  type_found: "another one",
  user_elsewhere: "",
  value_found: "something else",
  word: "undefined",
  word_cause: "an object was sent where the text of the token belongs",
  word_remedy: "send the text of the token",
};
