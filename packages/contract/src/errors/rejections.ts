/**
 * What the control plane cannot do as it was asked: the person may, and the request is in order, but what is there stands
 * against it.
 */
import type { RejectionEntry } from "./entry.ts";

const rejection = { kind: "rejection", since: "0.1.0" } as const;
const absent = { ...rejection, status: 404 } as const;
const against = { ...rejection, status: 409 } as const;
const forbidden = { ...rejection, status: 403 } as const;

export const rejections = {
  SIGN_IN_FAILED: {
    ...rejection,
    status: 401,
    title: "no account has this e-mail address with this password",
    detail: "The e-mail address or the password is wrong",
    fix: "check both; who has lost the password gets a new link from an Owner, or on the machine itself from `{cli} control-plane reset-password EMAIL`",
  },
  SIGN_IN_PAGE_ELSEWHERE: {
    ...forbidden,
    title: "people sign in at {public_url} alone, and this page was opened at another address",
    detail: "The page is at another address",
    fix: "open {public_url}; where the control plane is meant to be used at this address, start it with this one as its public URL",
  },
  LINK_UNKNOWN: {
    ...absent,
    title: "this link is not known: it was cut when it was copied, or a newer one has replaced it",
    detail: "The link is not valid",
    fix: "copy the whole link, the part behind the # included; for a new one ask who gave it to you, or run `{cli} control-plane owner-link` on the machine itself",
  },
  LINK_USED: {
    ...against,
    title: "the link was used at {used_at}, and works once",
    detail: "The link has been used",
    fix: "sign in with your password; if you did not use this link yourself, somebody else may be signed in as you: tell who gave it to you, and ask for a new one; on the machine itself, `{cli} control-plane owner-link` prints one",
  },
  LINK_EXPIRED: {
    ...against,
    title: "the link ended at {expired_at}",
    detail: "The link has expired",
    fix: "ask who gave it to you for a new one; on the machine itself, `{cli} control-plane owner-link` makes one",
  },
  LINK_DETAILS_MISSING: {
    ...rejection,
    status: 422,
    title: "this link needs {missing} to be used; nothing has been spent",
    detail: "The link needs more than its secret",
    fix: "send {missing} with it",
  },
  LINK_OWNER_EXISTS: {
    ...against,
    title: "there is an Owner already, and a link makes only the first one",
    detail: "There is an owner already",
    fix: "let an Owner add you as a member; on the machine itself, `{cli} control-plane owner-link` lets the first Owner in",
  },
  PERSON_UNKNOWN: {
    ...absent,
    title: "nobody here has this e-mail address",
    detail: "Person not found",
    fix: "check its spelling; members and their addresses are in the list of members",
  },
  PASSWORD_TOO_COMMON: {
    ...rejection,
    status: 422,
    title: "the new password is one of those that are tried first, or is made of the e-mail address",
    detail: "The new password is too easy to guess",
    fix: "choose another one: four words that do not belong together are better than one with a number behind it",
  },
  PASSWORD_WRONG: {
    ...forbidden,
    title: "the current password is another one",
    detail: "The current password is wrong",
    fix: 'send the password that is in use as "current_password"',
  },
  SESSION_UNKNOWN: {
    ...absent,
    title: "this person has no such session; it may have ended",
    detail: "Session not found",
    fix: "read GET /api/sessions for those that there are",
  },
  SESSION_OVER: {
    ...rejection,
    status: 401,
    title: "your session ended while this was under way; nothing was done",
    detail: "The session has ended",
    fix: "sign in again, then try once more",
  },
  MEMBER_UNKNOWN: {
    ...absent,
    title: "the organization has no such member",
    detail: "Member not found",
    fix: "read the list of members for those that there are",
  },
  MEMBER_EXISTS: {
    ...against,
    title: "somebody with this e-mail address is a member already",
    detail: "The person is a member already",
    fix: "change the role of that member instead",
  },
  MEMBER_LAST_OWNER: {
    ...against,
    title: "this is the last Owner of the organization, and without one nobody could manage it",
    detail: "The last owner must stay",
    fix: "make another member Owner first",
  },
  MEMBER_ELSEWHERE: {
    ...against,
    title: "the person is in another organization, too, and a link would sign in as them there",
    detail: "The person is in another organization, too",
    fix: "let them sign in with their own password; who has lost it gets a link on the machine itself from `{cli} control-plane reset-password EMAIL`",
  },
  MEMBERS_FULL: {
    ...against,
    title: "the organization has {limit} members, and that is the most",
    detail: "The organization is full",
    fix: "remove a member who needs no access any more, then add this one",
  },
  MEMBERSHIP_CHANGED: {
    ...against,
    title: "your own role in the organization was changed while this was under way; nothing was done",
    detail: "Your role has changed",
    fix: "read GET /api/session for what you may do now, then try once more",
  },
  LINK_RESET_BY_OWNER: {
    ...forbidden,
    title: "this member has a password already, and whoever sets another one signs in as them",
    detail: "Only an Owner gives a member a new password",
    fix: "ask an Owner to make the link; on the machine itself, `{cli} control-plane reset-password EMAIL` makes one",
  },
  LINK_FOR_SELF: {
    ...forbidden,
    title: "a link for yourself would get around your current password",
    detail: "Nobody makes a link for themselves",
    fix: "change the password at POST /api/password; who has lost it gets a link from another Owner, or on the machine itself from `{cli} control-plane reset-password EMAIL`",
  },
  ROLE_ABOVE_OWN: {
    ...forbidden,
    title: "the role {role} gives more than your own role {own_role}",
    detail: "Nobody gives what they do not hold",
    fix: "ask {who_can} to do it",
  },
  INSTANCE_UNKNOWN: {
    ...absent,
    title: "the organization has no such instance, or it is a draft of somebody else",
    detail: "Instance not found",
    fix: "read the list of instances for those that there are",
  },
  INSTANCE_TOO_MANY: {
    ...against,
    title: "there is room for {limit} {kind}, and all of it is taken",
    detail: "There are too many instances",
    fix: "delete one that is no longer needed",
  },
  INSTANCE_OWN_TOO_MANY: {
    ...against,
    title: "you have connected {limit} instances, the most of one person whose role lacks os:write",
    detail: "You have connected too many instances",
    fix: "ask an Owner to delete one of yours that is no longer needed, or somebody with os:write to connect this one",
  },
  INSTANCE_ENDPOINT_INVALID: {
    ...rejection,
    status: 422,
    title: "the endpoint {problem}",
    detail: "The endpoint cannot be used",
    fix: 'give the address of the AgentOS as scheme, host, port and path, such as "https://agents.example.com" or "http://localhost:7777"',
  },
  INSTANCE_ENDPOINT_ON_CONSOLE_HOST: {
    ...rejection,
    status: 422,
    title: "the endpoint is {console_place}",
    detail: "The endpoint is on the host of the console",
    fix: "{endpoint_remedy}",
  },
  INSTANCE_ENDPOINT_MISSING: {
    ...against,
    title: "the draft has no endpoint yet",
    detail: "The draft has no endpoint",
    fix: "set the endpoint of the draft first",
  },
  INSTANCE_ENDPOINT_TAKEN: {
    ...against,
    title: 'the instance "{name}" has this endpoint already',
    detail: "The endpoint is connected already",
    fix: "use that instance, or delete it first",
  },
  INSTANCE_IS_DRAFT: {
    ...against,
    title: "the instance is a draft that is not connected yet",
    detail: "The instance is a draft",
    fix: "connect it first",
  },
  INSTANCE_NOT_DRAFT: {
    ...against,
    title: "the instance is connected, and no draft any more",
    detail: "The instance is connected",
    fix: "change the instance itself; that takes an Owner or Administrator",
  },
  INSTANCE_VERSION_TOO_OLD: {
    ...against,
    title:
      "this AgentOS is version {version} ({version_source}), and JWT verification exists from {first_version} on: only the security key is possible",
    detail: "The version of this AgentOS has no JWT authorization",
    fix: "leave Authorization off and use the security key; or upgrade the AgentOS to {first_version} or later, then switch it on",
  },
  INSTANCE_AUTHORIZATION_OFF: {
    ...against,
    title: "the switch Authorization is off for this instance, so no tokens are made for it",
    detail: "Authorization is off",
    fix: "let an Owner or Administrator switch Authorization on; or use the security key of the instance",
  },
  INSTANCE_OS_ID_UNKNOWN: {
    ...against,
    title: "the id of this AgentOS is not known, and a token has to name it as its audience",
    detail: "The id of the AgentOS is unknown",
    fix: 'take "os_id" of GET /info at the instance, or where it has no such route the id that the AgentOS is made with, and set the id by hand',
  },
  INSTANCE_NOT_OURS: {
    ...against,
    title: "this AgentOS has no policy route: it is a Python AgentOS, or an older one of ours",
    detail: "The instance has no policy route",
    fix: "nothing is to be done: what the browser sees of it counts",
  },
  INSTANCE_UNREACHABLE: {
    ...against,
    title: "the control plane got no usable answer from the instance: {reason}",
    detail: "The instance does not answer the control plane",
    fix: "see that the instance runs and that the machine of the control plane can reach its endpoint",
  },
  INSTANCE_ADDRESS_REFUSED: {
    ...against,
    title: "the endpoint leads to an address inside a private network, where the control plane does not call",
    detail: "The address of the instance is private",
    fix: "start the control plane with `--allow-private-endpoint HOST` for this host, if it is yours",
  },
  INSTANCE_REFUSES_US: {
    ...against,
    title: "the instance refused the token of the control plane with status {status}",
    detail: "The instance refuses the control plane",
    fix: "let the instance trust the keys of this control plane: set the lines of its configuration, then try again",
  },
  SIGNING_KEY_UNKNOWN: {
    ...absent,
    title: "the instance has no such key",
    detail: "Key not found",
    fix: "read the list of keys for those that there are",
  },
  SIGNING_KEY_STATION: {
    ...against,
    title: "the key is {station}, and this needs one that is {needed}",
    detail: "The key is at another station",
    fix: "read the list of keys; rotation goes from published to signing to retired",
  },
  SIGNING_KEY_NOT_LOADED: {
    ...against,
    title: "the instance has not loaded this key, so it would refuse every token of it",
    detail: "The instance has not loaded the key",
    fix: 'set the lines of its configuration, or wait until it has read the key set again, then try once more; with "is_forced" it is done all the same',
  },
  SIGNING_KEY_LOADED_UNKNOWN: {
    ...against,
    title:
      "it cannot be told whether the instance has loaded this key, for its policy cannot be read: {reason}",
    detail: "Whether the instance has loaded the key is unknown",
    fix: 'see to it that the instance has the key: set the lines of its configuration, and start it anew where it is a Python AgentOS; then send "is_forced"',
  },
  SIGNING_KEY_TOO_MANY: {
    ...against,
    title: "the instance has {count} keys in its set",
    detail: "The instance has too many keys",
    fix: "retire those whose tokens have ended, then publish a new one",
  },
  SIGNING_KEY_IN_USE: {
    ...against,
    title: "tokens of this key live until {until}",
    detail: "Tokens of the key are alive",
    fix: 'wait until then; with "is_forced" they are revoked on the instance, and the key is retired now',
  },
  SIGNING_KEY_PUBLISHED_ALREADY: {
    ...against,
    title: "a new key is published already, and waits to sign",
    detail: "A new key is published already",
    fix: "let that one sign, or retire it, before another is made",
  },
  TOKEN_SCOPES_UNKNOWN: {
    ...rejection,
    status: 422,
    title: "an AgentOS has no scope {scopes}",
    detail: "A scope is unknown",
    fix: "{suggestion}",
  },
  TOKEN_SCOPES_BEYOND_OWN: {
    ...forbidden,
    title: "your role {role} does not give {scopes}",
    detail: "Nobody gets what they do not hold",
    fix: "ask for less; or ask {who_can} for another role",
  },
  TOKEN_PREREQUISITE_MISSING: {
    ...forbidden,
    title: "a token for this needs {scope}: without it {blocks}",
    detail: "An access prerequisite is missing",
    fix: "take {scope} into the scopes that are asked for; where your role does not give it, ask {who_can} for another role",
  },
} as const satisfies Record<string, RejectionEntry>;
