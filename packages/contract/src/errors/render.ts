/** Fills the `{name}` places of a catalogue text. */
import type { Facts } from "./entry.ts";

const PLACE = /\{([a-z_]+)\}/g;

/** The names of a text's places, as a type; braces around more than a name belong to the text. */
export type PlaceOf<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? (Name extends `${string} ${string}` ? never : Name) | PlaceOf<Rest>
  : never;

/** The names of a text's places, in order. */
export function placesOf(text: string): readonly string[] {
  return [...text.matchAll(PLACE)].map((match) => match[1] ?? "");
}

/** Text with its places filled; lists are joined with ", ", a missing fact leaves an ellipsis. */
export function renderText(text: string, facts: Facts): string {
  return text.replace(PLACE, (_, name: string) => {
    const value = facts[name];
    if (value === undefined) return "…";
    return typeof value === "object" ? value.join(", ") : String(value);
  });
}

/** What to do next: the fact `suggestion`, word for word, is better for this very case than the fix of the entry. */
export function renderFix(fix: string, facts: Facts): string {
  const { suggestion } = facts;
  return suggestion === undefined ? renderText(fix, facts) : String(suggestion);
}

/** Neutral words for places that stand for a clause or a name of ours, where no request is at hand to fill them. */
export const NEUTRAL_FACTS: Facts = {
  accepted_credential: "a JWT",
  algorithm_found: "names no algorithm that this AgentOS supports",
  alternative: 'send the token in the header "Authorization: Bearer TOKEN", or ',
  audience_hint: 'the id of this AgentOS (the "os_id" of GET /info)',
  console_place: "on the host of this console, every port of which browsers send its cookie to",
  credential_kind: "a token of another service",
  dots_found: "another number of dots",
  empty_place: "the header or the cookie",
  empty_found: "is empty",
  endpoint_remedy:
    "serve the AgentOS on a host name of its own, such as a subdomain, and give that address; on this machine, localhost and 127.0.0.1 are two names",
  extension: "an extension",
  issuer_found: "is none that this AgentOS trusts",
  issuer_remedy:
    'where its "issuer" differs in a slash or a letter only, correct that, otherwise add it under "issuers"',
  kind_accepted: "that of an access token",
  padding_found: "",
  quotes_found: "is in quotes",
  scope_choice: 'the scope that the route requires ("required_scopes" of the answer)',
  scope_to_add: "the scope that the route requires",
  scope_to_allow: "the scope that would do",
  signature_found: "is damaged or cut off",
  type_found: "another one",
  user_elsewhere: "",
  way_out: 'set "OS_SECURITY_KEY" at the server and send it in the header "Authorization: Bearer KEY"',
  word_cause: "an object was sent where the text of the token belongs",
  word_remedy: "send the text of the token itself",
};

/** Text for pages that belong to no request: other places are shown by their name, in angle brackets. */
export function renderNeutral(text: string, cli: string): string {
  const named = placesOf(text).map((name) => [name, `<${name.replaceAll("_", " ")}>`] as const);
  return renderText(text, { ...Object.fromEntries(named), ...NEUTRAL_FACTS, cli });
}
