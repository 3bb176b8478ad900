/** One row of the table of bad tokens. */
import type { RefusalCode } from "@agentos/contract";
import type { TokenParts } from "./token.ts";

/** A token that is wrong in one way, and what a server has to say to it. */
export interface BadToken {
  /** Completes "refuses …". */
  readonly name: string;
  /** The only right refusal. */
  readonly expectedCode: RefusalCode;
  /** Spoils a good token in this one way. */
  make(good: TokenParts): string | Promise<string>;
  /** The twin that passes; the good token itself where nothing is given. */
  twin?(good: TokenParts): string | Promise<string>;
  /** What the row needs of the server beside the key and audience of the good token. */
  readonly needs?: "asymmetric-key" | "key-id" | "issuer";
}
