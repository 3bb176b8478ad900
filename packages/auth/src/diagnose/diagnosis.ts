/**
 * What a diagnosis takes and gives. It is told what the client saw, what is known of the server and, if somebody has
 * it, the token; it answers with causes, each with its evidence and how sure it is. Pure: nothing is fetched here.
 */
import type { ErrorCode, Facts } from "@agentos/contract";
import type { CompiledRoute } from "../decide/compile-route.ts";
import type { KnownPolicy } from "../policy/policy.ts";
import type { PathParameters } from "../scope/requirement.ts";

/** How sure a cause is: `likely` when another cause could look the same from here. */
export type Certainty = "certain" | "likely" | "cannot tell";

/** Where a fact was seen, as people call it. */
export type EvidenceSource =
  | "the answer"
  | "the token"
  | "the configuration"
  | "the environment"
  | "GET /info"
  | "GET /health"
  | "the command line"
  | "the route table"
  | "this machine's clock"
  | "the denial record";

/** Something seen that speaks for a cause. */
export interface Evidence {
  /** One sentence; never the credential or a part of it. */
  readonly fact: string;
  /** Where it was seen. */
  readonly source: EvidenceSource;
}

/** One cause that applies, or may. */
export interface Cause {
  /** Its entry in the catalogue. */
  readonly code: ErrorCode;
  /** One sentence, its places filled. */
  readonly sentence: string;
  /** Whether something else could look the same from here. */
  readonly certainty: Certainty;
  /** What was seen that speaks for it; may be empty. */
  readonly evidence: readonly Evidence[];
  /** What to do, its places filled. */
  readonly fix: string;
  /** A line to paste into a shell, where the fix is one. */
  readonly command?: string | undefined;
  /** The entry of docs/troubleshooting.md, as `#CODE`. */
  readonly anchor: string;
}

/** An answer as the client got it. Our servers give a code, the Python AgentOS only `{"detail": …}`. */
export interface ObservedAnswer {
  /** HTTP status. */
  readonly status: number;
  /** Member `code` of the body; only our servers give one. */
  readonly code?: string | undefined;
  /** Member `detail` of the body, if it is a text (contract 1.6). */
  readonly detail?: string | undefined;
  /** Member `title` of the body. */
  readonly title?: string | undefined;
  /** Member `fix` of the body. */
  readonly fix?: string | undefined;
  /** Member `required_scopes` of the body. */
  readonly requiredScopes?: readonly string[] | undefined;
  /** Member `missing_scopes` of the body: those of them that the caller lacks. */
  readonly missingScopes?: readonly string[] | undefined;
  /** The server's clock, from the `Date` header, in seconds since 1970. */
  readonly serverTime?: number | undefined;
}

/** What is known of a verification key. */
export interface KnownKey {
  /** Algorithms that it may be used with. */
  readonly algorithms?: readonly string[];
  /** Key id; undefined when it has none. */
  readonly kid?: string | undefined;
}

/** What is known of a server. A Python AgentOS tells only mode and version; of our own the whole policy may be known. */
export interface KnownServer {
  /** Where the facts below come from. */
  readonly source: EvidenceSource;
  /** Version of the AgentOS contract or, for the Python one, of the server. */
  readonly version?: string | undefined;
  /** The Python AgentOS reads the scopes of one claim only, and a text there as one scope (contract 1.7). */
  readonly isPython?: boolean | undefined;
  /** It has no GET /info, as old versions. */
  readonly lacksInfo?: boolean | undefined;
  /** What it demands of a request, as far as it is known. */
  readonly policy: KnownPolicy;
  /** Its keys; undefined when nothing is known of them. */
  readonly keys?: readonly KnownKey[] | undefined;
}

/** Every algorithm that some key may be used with, once each. */
export function listAlgorithms(keys: readonly KnownKey[]): readonly string[] {
  return [...new Set(keys.flatMap(({ algorithms = [] }) => algorithms))];
}

/** Everything that is known about one refusal. The more, the more certain the causes. */
export interface DiagnosisInput {
  /** What the client saw. */
  readonly answer?: ObservedAnswer | undefined;
  /** What the server itself found, from its denial record: code and every fact. It outweighs `answer`. */
  readonly refusal?: { readonly code: ErrorCode; readonly facts: Facts } | undefined;
  /** The server that refused. */
  readonly server?: KnownServer | undefined;
  /** The credential as it was sent, without "Bearer". Never kept, never put into the result. */
  readonly credential?: string | undefined;
  /** The route that was asked for, with the parameters of the request. */
  readonly request?: { readonly route: CompiledRoute; readonly parameters: PathParameters } | undefined;
  /** Seconds since 1970, by the clock of whoever asks. */
  readonly now: number;
  /** The command that fixes name. */
  readonly cli: string;
}
