/** What a diagnosis is made from: the request as somebody reports it, and all that is known here of both sides. */
import type { diagnosisInputSchema, InstanceObject } from "@agentos/contract/control-plane";
import type { z } from "zod";
import type { ComparedInstance } from "../instances/compare-switches.ts";
import type { Role } from "../people/roles/built-in-roles.ts";

export type Finding = InstanceObject["findings"][number];
type Reported = z.output<typeof diagnosisInputSchema>;

/** A token of this control plane, as it was minted. */
export interface MintedToken {
  readonly tokenId: string;
  readonly personId: string;
  readonly kid: string;
  readonly signInId: string;
  readonly issuer: string;
  readonly audience: string;
  readonly scopes: readonly string[];
  /** Seconds since the epoch. */
  readonly issuedAt: number;
  readonly endsAt: number;
  /** Why it was revoked, as it was queued; undefined where it was not. */
  readonly revokedFor: string | undefined;
}

export type SentCredential =
  | { readonly kind: "none" }
  | { readonly kind: "security-key" }
  /** Undefined: none of that id was minted for this person lately. */
  | { readonly kind: "minted"; readonly minted: MintedToken | undefined }
  | { readonly kind: "token"; readonly token: string };

export interface RefusedRequest {
  readonly request: Reported["request"];
  readonly answer: Reported["answer"];
  readonly outcome: Reported["outcome"];
  readonly denial: Reported["denial"];
  readonly sent: SentCredential;
  readonly instance: ComparedInstance;
  /** Keys in the set of the instance here, by thumbprint. */
  readonly kids: readonly string[];
  /** Of who asks. */
  readonly role: Role;
  /** They may see what the instance is configured with. */
  readonly mayReadPolicy: boolean;
  /** Seconds since the epoch, here. */
  readonly now: number;
  readonly cli: string;
}
