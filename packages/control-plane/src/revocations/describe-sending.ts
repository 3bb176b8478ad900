/**
 * What became of a revocation that an instance was told. Only an answer that says so by itself is taken as "in force":
 * a page of somebody else has the status 200, too. Nothing that an instance says is repeated; the words are ours.
 */
import { revokedSchema } from "@agentos/contract";
import type { InstanceAnswer } from "../outbound/call-instance.ts";
import { findCause, type Rejected } from "../store/rejected.ts";

export type Sending =
  | { readonly kind: "applied" }
  /** `isForAll`: what stands against this one stands against every other one of the instance. */
  | { readonly kind: "pending"; readonly trouble: string; readonly isForAll: boolean };

/** A revocation as it was sent. */
export interface SentRevocation {
  readonly kind: string;
  readonly value: string;
}

/** Reads the answer of `POST /authz/revocations`. */
export function readRevoked(answer: InstanceAnswer, sent: SentRevocation): Sending {
  if (answer.kind !== "answered" || (answer.status !== 200 && answer.status !== 202))
    return describeFailure(answer);
  const parsed = revokedSchema.safeParse(answer.body);
  if (
    !parsed.success ||
    parsed.data.revocation.kind !== sent.kind ||
    parsed.data.revocation.value !== sent.value
  )
    return pending("what answers at the endpoint does not answer as an AgentOS that has revoked it", true);
  return parsed.data.servers_behind.length === 0
    ? { kind: "applied" }
    : pending("the instance keeps it, and some of its servers have not said that they know it", false);
}

/** Why a call of the control plane led to nothing. */
export function describeFailure(answer: InstanceAnswer): Extract<Sending, { kind: "pending" }> {
  if (answer.kind === "address-refused")
    return pending("the endpoint is inside a private network, and the operator has not listed it", true);
  if (answer.kind === "unreachable") return pending(`the instance does not answer: ${answer.reason}`, true);
  const { status } = answer;
  if (status === 404 || status === 405)
    return pending(
      "this AgentOS has no revocations, as the Python AgentOS: the tokens end by themselves",
      true,
    );
  if (status === 401 || status === 403)
    return pending(`the instance refuses the token of the control plane with ${status}`, true);
  if (status === 422) return pending("the instance does not take this revocation (422)", false);
  return pending(`the instance answered with ${status}`, true);
}

/** Why there is no token to tell the instance with. */
export function describeUnsigned(rejected: Rejected): Extract<Sending, { kind: "pending" }> {
  const cause = findCause(rejected) ?? "no token can be made for it";
  return pending(`the instance cannot be told: ${cause}`, true);
}

function pending(trouble: string, isForAll: boolean): Extract<Sending, { kind: "pending" }> {
  return { kind: "pending", trouble, isForAll };
}
