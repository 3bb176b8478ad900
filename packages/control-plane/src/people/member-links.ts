/** One-time links for members, as `sign-in/` makes them. */
import type { Change } from "../store/control-plane-store.ts";

/** The address to hand over, its secret in the fragment; shown once. */
export interface HandedLink {
  readonly url: string;
  /** Seconds since the epoch. */
  readonly expires_at: number;
}

export interface MemberLinks {
  create(
    change: Change,
    options: {
      readonly organizationId: string;
      readonly purpose: "invitation" | "reset-password";
      readonly personId: string;
    },
  ): Promise<HandedLink>;
  /** Ends every link of the person that nobody has used yet. */
  end(change: Change, personId: string): Promise<void>;
}
