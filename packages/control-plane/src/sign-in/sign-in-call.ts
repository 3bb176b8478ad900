/**
 * What a call into better-auth is part of. Its functions take no such argument, so it is handed to our tables behind its
 * back: which change they write in, from where the person calls, and how the session began.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import type { Change } from "../store/control-plane-store.ts";

/** How somebody has shown who they are. */
export type SignInMeans =
  | "password"
  | "owner-link"
  | "sign-in-link"
  | "invitation-link"
  | "reset-password-link";

export interface SignInCall {
  readonly by: SignInMeans | undefined;
  /** Who made the link that began it; null for one of the machine. */
  readonly linkMadeBy?: string | null | undefined;
  readonly address: string | undefined;
  /** Undefined: each query is a transaction of its own. */
  readonly change?: Change | undefined;
  /** The hash that the password was held against. */
  comparedHash?: string | null;
  /** The session that the call has begun. */
  begun?: { readonly sessionId: string; readonly personId: string } | undefined;
  /** What a query has thrown: better-auth shows an error of its own instead, and the cause would be lost. */
  fault?: Error;
}

const calls = new AsyncLocalStorage<SignInCall>();

export function findSignInCall(): SignInCall | undefined {
  return calls.getStore();
}

export function runSignInCall<Result>(call: SignInCall, work: () => Promise<Result>): Promise<Result> {
  return calls.run(call, work);
}

/** Hands on what a query gives, and keeps what it throws. */
export async function keepFault<Result>(query: Promise<Result>): Promise<Result> {
  try {
    return await query;
  } catch (cause) {
    const call = calls.getStore();
    if (call !== undefined && cause instanceof Error) call.fault = cause;
    throw cause;
  }
}
