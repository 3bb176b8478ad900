// docs/lifecycle.md: the text is written by hand (lifecycle-text.md beside this file), the table of the checks is made
// of the catalogue. A stage without words does not compile.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  CLOCK_SKEW_SECONDS,
  MAX_IDENTIFIER_CHARACTERS,
  MAX_TOKEN_BYTES,
  MAX_TOKEN_LIFETIME_SECONDS,
  TOKEN_CACHE_ENTRIES,
} from "@agentos/auth";
import { REFUSALS, type RefusalEntry, STAGES, type Stage } from "@agentos/contract";
import { code, table } from "./markdown.ts";

const TEXT = join(import.meta.dirname, "lifecycle-text.md");

const HEAD =
  "<!-- Made by tools/generate-docs.ts. Written by hand: the text, in tools/docs/lifecycle-text.md. From the code: the table of the checks. Change those, then `npm run generate`. -->\n";

const skew = `${CLOCK_SKEW_SECONDS} seconds`;

/** What each check asks; first, where it is not always asked. */
const QUESTIONS: Readonly<Record<Stage, string>> = {
  loopback:
    "*Where everybody is believed.* Does the request come from this machine, as the peer's address says, to a name of it, through no proxy that is not trusted, and from no page of another origin?",
  credential: "Is there one credential, in the place that is configured, of the kind that is accepted?",
  origin:
    "*For a token in a cookie.* Did a page of another site send the request? `GET`, `HEAD` and `OPTIONS` pass, and so does what says neither `Sec-Fetch-Site` nor `Origin`: it is no browser. *Of a web page that may not call:* its browser keeps the answer from it, so that only the record and the log have the cause. *Of a WebSocket:* was it opened by a page that may call?",
  shape: `Is it a signed JWT: three parts in base64url, ${MAX_TOKEN_BYTES / 1024} KiB at most, nothing around it?`,
  header: "Is its algorithm one of the keys', its type that of an access token, and no extension unknown?",
  key: "Is there a key for it? Where several keys have a `kid` each, the token has to name one. With several issuers, only those of the issuer that it names are looked at.",
  signature: "Does one of these keys verify it?",
  claims:
    "Is the payload a JSON object, and are `jti` and `sid`, if they are there, texts by which they can be revoked?",
  expiration: `Is there an \`exp\`, and is it not over (by ${skew})?`,
  "not-before": `Has it begun, by \`nbf\` (within ${skew})?`,
  "issued-at": `Is \`iat\` not in the future (by ${skew})?`,
  lifetime: `Does it live ${MAX_TOKEN_LIFETIME_SECONDS / 3600} hours at most, from \`iat\` (without one, from now) to \`exp\`?`,
  issuer: "*Where an issuer is configured.* Is `iss` equal to it, to the letter?",
  type: "Is it an access token: no ID, refresh or logout token by what it says of itself (`token_use`, `typ`, `events`) or by its claims, and not bound to a key of its holder?",
  audience: "*Unless it is switched off.* Is one `aud` an accepted audience?",
  subject: `Is the user id a text of ${MAX_IDENTIFIER_CHARACTERS} characters at most, neither reserved nor another issuer's? *Of a WebSocket, with a new token:* is it the same caller?`,
  revocation:
    "Is the credential still in force? Asked of every token, of one in the cache too: its `jti`, its `sid`, its user and its key. A server that could not read lately what was revoked accepts no token: on PostgreSQL for six seconds, on a file of SQLite for one and a half, and one that nobody asked before waits two seconds for it. A security key is changed, not revoked.",
  scopes:
    "*Where scopes are enforced.* Has the caller every scope that the route requires? With several issuers the admin scope and `authz` count only from those whose `allowedScopes` list them. A route without a rule is refused in any case. *Of a WebSocket, with a new token:* has it no scopes that the connection had not?",
  isolation: "*With `userIsolation`.* Has the caller a user id, on a route that works on somebody's data?",
};

export function lifecyclePage(): string {
  const text = readFileSync(TEXT, "utf8");
  return `${HEAD}\n${text.replace("{stages}", stagesTable()).replace("{cache}", TOKEN_CACHE_ENTRIES.toLocaleString("en"))}`;
}

function stagesTable(): string {
  const refusals = Object.entries<RefusalEntry>(REFUSALS);
  return table(
    ["check", "asks", "refuses with"],
    STAGES.map((stage) => {
      const own = refusals.filter(([, entry]) => entry.stage === stage);
      const bySign = Map.groupBy(own, ([, { status, seenAs }]) => (seenAs === undefined ? status : "frame"));
      const codes = [...bySign].map(
        ([sign, members]) => `${sign} ${members.map(([name]) => link(name)).join(", ")}`,
      );
      return [code(stage), QUESTIONS[stage], codes.join("; ") || "–"];
    }),
  );
}

const link = (name: string) => `[${name}](reference/errors.md#${name})`;
