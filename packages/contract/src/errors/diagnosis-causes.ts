/** Causes that only the control plane can name: it holds the key, has minted the token, and knows what the instance said. */
import type { CauseEntry } from "./entry.ts";

const cause = (words: Pick<CauseEntry, "title" | "fix">): CauseEntry => ({
  kind: "cause",
  ...words,
  since: "0.1.0",
});

/** By code. */
export const diagnosisCauses = {
  INSTANCE_ALGORITHM_OTHER: cause({
    title:
      "the instance expects another algorithm than RS256, with which every token of this control plane is signed",
    fix: 'set "algorithm" to "RS256" in the authorization config of the instance, or leave it out, which means the same; then start the instance again',
  }),
  INSTANCE_KEY_MANGLED: cause({
    title:
      "the instance cannot read the verification key that it was given: line breaks, quotes or the frame of the PEM were lost on its way through an environment variable, or something else stands in its place",
    fix: "set JWT_VERIFICATION_KEY on the instance with the very lines of its configuration; or save its key set to a file there, and set JWT_JWKS_FILE to that file in its place; then start the instance again",
  }),
  INSTANCE_KEY_OTHER: cause({
    title: "the instance verifies with another key than the one that signed this token",
    fix: "give the instance its keys as the lines of its configuration say, then start every server of it again; where only some machines refuse, those still have the other key",
  }),
  TOKEN_KEY_RETIRED: cause({
    title: "the token is signed with {kid}, which is no longer a key of this instance here",
    fix: "get a new token: it is signed with the key that signs now",
  }),
  TOKEN_REVOKED_HERE: cause({
    title: "the token was revoked here: {reason}",
    fix: "sign in again where the session has ended, and get a new token",
  }),
  TOKEN_AUDIENCE_STALE: cause({
    title: "the token was made for another id of this AgentOS than the one that is known now",
    fix: "get a new token: it names the id that is known now",
  }),
  TOKEN_SCOPE_LEFT_OUT: cause({
    title: "your role gives {missing_scopes}, but this token was made without it",
    fix: 'get a new token without a choice of "scopes", or with {missing_scopes} among them',
  }),
  TOKEN_ROLE_INSUFFICIENT: cause({
    title: "your role {role} does not give {missing_scopes}",
    fix: "ask {who_can} to do it, or to give you a role that has {missing_scopes}; then get a new token",
  }),
} as const satisfies Record<string, CauseEntry>;
