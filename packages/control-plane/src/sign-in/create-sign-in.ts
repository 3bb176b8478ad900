/** Signing in, as the rest of the control plane uses it. */
import type { SignedIn } from "../app/signed-in-person.ts";
import type { Actor } from "../store/actor.ts";
import type { ControlPlaneStore } from "../store/control-plane-store.ts";
import { reject } from "../store/rejected.ts";
import { allowSignIn } from "./allowances.ts";
import { auditForPerson } from "./audit-for-person.ts";
import { type BegunSession, createSessions, SIGN_INS_PER_MINUTE } from "./better-auth.ts";
import type { FoundLink } from "./find-link.ts";
import { changeName, changePassword, type OwnName, type OwnPassword } from "./own-account.ts";
import { type EndedSession, endSession, endSessions, listSessions, type OwnSession } from "./own-sessions.ts";
import { pageOriginOf } from "./page-origin.ts";
import { wasBusy } from "./passwords.ts";
import { readSignedIn } from "./read-signed-in.ts";
import { type Client, inspectLink, type Redemption, redeemLink } from "./redeem-link.ts";
import { createThrottle } from "./throttle.ts";

export interface SignInOptions {
  readonly store: ControlPlaneStore;
  /** Address of the control plane as browsers know it: people sign in there alone. */
  readonly publicUrl: URL;
  /** At least 32 random bytes as text. Whoever has it and the database can sign in as anybody. */
  readonly secret: string;
  /** Seconds since the epoch. */
  readonly now: () => number;
}

export interface SignIn {
  /** For the engine: the cookie that it reads. */
  readonly cookieName: string;
  readonly clearingCookie: string;
  /** Rejects where the page of a request is at another address than people sign in at. */
  checkPage(request: Request): void;
  readSession(cookieValue: string): Promise<SignedIn | undefined>;
  /** By the id of a session; rejects nothing. */
  read(sessionId: string): Promise<SignedIn | undefined>;
  withPassword(
    credentials: Credentials,
    request: Request,
    address: string | undefined,
  ): Promise<BegunSession>;
  inspectLink(secret: string, address: string | undefined): Promise<FoundLink>;
  redeemLink(redemption: Redemption, client: Client): Promise<BegunSession>;
  changeName(actor: Actor, name: OwnName): Promise<void>;
  changePassword(actor: Actor, password: OwnPassword): Promise<void>;
  listSessions(personId: string): Promise<readonly OwnSession[]>;
  endSession(actor: Actor, ended: EndedSession): Promise<void>;
  endOtherSessions(actor: Actor, kept: KeptSession): Promise<void>;
}

export interface Credentials {
  readonly email: string;
  readonly password: string;
}

export interface KeptSession {
  readonly personId: string;
  readonly sessionId: string;
}

/** Creates it. */
export function createSignIn(options: SignInOptions): SignIn {
  const { store, publicUrl, now } = options;
  const sessions = createSessions(options);
  const throttle = createThrottle(store);
  const parts = { store, sessions, throttle, now };
  const read = (sessionId: string) => store.read((db) => readSignedIn(db, sessionId, now()));
  const refusePage = () => reject("SIGN_IN_PAGE_ELSEWHERE", { public_url: publicUrl.origin });

  return {
    cookieName: sessions.cookieName,
    clearingCookie: sessions.clearingCookie,
    checkPage(request) {
      const origin = pageOriginOf(request);
      if (origin !== undefined && origin !== publicUrl.origin) throw refusePage();
    },
    async readSession(cookieValue) {
      const sessionId = await sessions.findSession(cookieValue);
      return sessionId === undefined ? undefined : read(sessionId);
    },
    read,
    async withPassword({ email, password }, request, address) {
      const { all, own } = allowSignIn(email, address);
      const limit = await throttle.take(all);
      if (limit !== undefined) throw reject("SIGN_IN_THROTTLED", { limit });
      const outcome = await sessions
        .signInWithPassword({ email, password, request, address })
        .catch(async (cause: unknown) => {
          if (wasBusy(cause)) await throttle.giveBack(all, []);
          throw cause;
        });
      if (outcome === "refused") throw reject("SIGN_IN_FAILED");
      // Whoever is told so has guessed nothing.
      await throttle.giveBack(all, typeof outcome === "string" ? [] : [own]);
      if (outcome === "throttled") throw reject("SIGN_IN_THROTTLED", { limit: SIGN_INS_PER_MINUTE });
      if (outcome === "cross-site") throw refusePage();
      return outcome;
    },
    inspectLink: (secret, address) => inspectLink(parts, secret, address),
    redeemLink: (redemption, client) => redeemLink(parts, redemption, client),
    changeName: (actor, name) => changeName(store, actor, name),
    changePassword: (actor, password) => changePassword(parts, actor, password),
    listSessions: (personId) => listSessions(store, personId, now()),
    endSession: (actor, ended) => endSession(store, actor, ended),
    endOtherSessions: (actor, { personId, sessionId }) =>
      store.change(actor, async (change) => {
        const ended = await endSessions(change, { personId, exceptSessionId: sessionId }, "session-ended");
        await auditForPerson(change, personId, {
          action: "session.others-ended",
          target: { kind: "person", id: personId },
          after: { ended_sessions: ended },
        });
      }),
  };
}
