/** An instance, tried as who is signed in. */
import type { ClientError } from "@agentos/client";
import type { Finding } from "./explain-refusal.ts";

/** What became of a request with the person's own credential. */
export type Trial =
  | { readonly kind: "let-in"; readonly credential: "minted" | "security-key" | "none" }
  | {
      readonly kind: "refused";
      readonly credential: "minted" | "security-key" | "none";
      readonly status: number | undefined;
      readonly causes: readonly Finding[];
    }
  /** There is no token to try with. */
  | { readonly kind: "no-token"; readonly error: ClientError }
  /** The key has not been typed in this tab. */
  | { readonly kind: "no-key" };
