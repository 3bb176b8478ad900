/** Refusals of the control plane, where people are signed in: a session stands in the place of a token. */
import type { LimitEntry, RefusalEntry } from "./entry.ts";
import { refusal } from "./refusal-entry.ts";

const forbidden = { status: 403, challenge: "none", stage: "scopes" } as const;

export const signInRefusals = {
  AUTH_SIGN_IN_REQUIRED: refusal({
    stage: "credential",
    challenge: "bare",
    detail: "Not signed in",
    title: "nobody is signed in: the request has no session cookie",
    fix: "sign in; on the machine itself, `{cli} control-plane owner-link` prints a link that does",
  }),
  AUTH_SIGN_IN_ENDED: refusal({
    stage: "revocation",
    challenge: "bare",
    detail: "The session has ended",
    title: "the session has ended: it expired, was signed out, or was ended by somebody who may",
    fix: "sign in again",
  }),
  SCOPE_ROLE_INSUFFICIENT: refusal({
    ...forbidden,
    detail: "Insufficient permissions. Required scope(s): {required_scopes}",
    title: "your role {role} does not give {missing_scopes}",
    fix: "ask {who_can} to do it, or to give you a role that has {missing_scopes}",
    publicFacts: ["role", "required_scopes", "missing_scopes", "who_can"],
  }),
  SCOPE_NOT_A_MEMBER: refusal({
    ...forbidden,
    detail: "Not a member of this organization",
    title: "you are no member of such an organization, or there is none",
    fix: "let an Owner or Administrator of the organization add you, or open one of your own organizations",
  }),
} as const satisfies Record<string, RefusalEntry>;

export const signInLimits = {
  SIGN_IN_THROTTLED: {
    kind: "limit",
    status: 429,
    retryAfterSeconds: 60,
    title:
      "{limit} attempts to sign in have failed within a short time, for this e-mail address or from this network",
    detail: "Too many failed attempts to sign in",
    fix: "wait a minute, then try once more; on the machine itself, `{cli} control-plane owner-link` lets an Owner in at once",
    since: "0.1.0",
  },
  SIGN_IN_BUSY: {
    kind: "limit",
    status: 503,
    retryAfterSeconds: 5,
    title: "passwords that wait to be checked or set here: {limit}, the most that wait at a time",
    detail: "Too many people sign in at this moment",
    fix: "send the request again in a few seconds; nothing was counted as a failed attempt",
    since: "0.1.0",
  },
  SIGNING_KEY_BUSY: {
    kind: "limit",
    status: 503,
    retryAfterSeconds: 5,
    title: "key pairs that wait to be made: {limit}, the most that wait at a time",
    detail: "Too many key pairs are made at this moment",
    fix: "send the request again in a few seconds; nothing was changed",
    since: "0.1.0",
  },
  INSTANCE_READINGS_BUSY: {
    kind: "limit",
    status: 503,
    retryAfterSeconds: 5,
    title: "policies that wait to be read: {limit}, the most that wait at a time",
    detail: "Too many instances are asked at this moment",
    fix: "send the request again in a few seconds; what was read before still counts",
    since: "0.1.0",
  },
  PERSON_CHANGES_THROTTLED: {
    kind: "limit",
    status: 429,
    retryAfterSeconds: 5,
    title: "you have made {limit} changes within a short time, the most that one person makes at once",
    detail: "Too many changes within a short time",
    fix: "send the request again in a few seconds; from now on there is room for one every two seconds",
    since: "0.1.0",
  },
  LINK_THROTTLED: {
    kind: "limit",
    status: 429,
    retryAfterSeconds: 60,
    title: "{limit} links that are not valid have been tried from this address within a short time",
    detail: "Too many attempts with links that are not valid",
    fix: "wait a minute, then open the whole link as it was given to you",
    since: "0.1.0",
  },
} as const satisfies Record<string, LimitEntry>;
