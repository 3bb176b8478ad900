/**
 * The only calls that the control plane makes: to the policy and revocation routes of instances. The interface is here;
 * whatever an instance answers is bounded, and nobody is shown it.
 */

/** A call that an instance has answered, or why it has not. */
export type InstanceAnswer =
  | { readonly kind: "answered"; readonly status: number; readonly body: unknown }
  /** The address is private, and the operator has not listed the host. Nothing was sent. */
  | { readonly kind: "address-refused" }
  /** `reason` is in our words, and fit to be shown. */
  | { readonly kind: "unreachable"; readonly reason: string };

export interface InstanceCall {
  readonly endpoint: string;
  readonly method: "GET" | "POST";
  readonly path: "/authz/policy" | "/authz/revocations";
  readonly token: string;
  readonly body?: unknown;
}

export type CallInstance = (call: InstanceCall) => Promise<InstanceAnswer>;
