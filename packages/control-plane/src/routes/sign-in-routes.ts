/** Signing in and out, one-time links, and one's own account. */
import type { AnswerOf, HandlersOf, WithHeaders } from "../app/handler.ts";
import type { SignedIn, SignedInPerson } from "../app/signed-in-person.ts";
import type { BegunSession } from "../sign-in/better-auth.ts";
import type { SignIn } from "../sign-in/create-sign-in.ts";
import { needsPassword } from "../sign-in/find-link.ts";
import { reject } from "../store/rejected.ts";

export interface SignInServices {
  readonly signIn: SignIn;
}

const DONE = { is_done: true } as const;

/** Creates them. */
export function createSignInRoutes({ signIn }: SignInServices): HandlersOf<"signIn" | "account"> {
  /** Who has begun a session reads of it what they will read of it from then on. */
  async function answerBegun({
    sessionId,
    cookie,
  }: BegunSession): Promise<WithHeaders<AnswerOf<"account.read">>> {
    const signedIn = await signIn.read(sessionId);
    // Somebody has ended it meanwhile.
    if (signedIn === undefined) throw reject("SESSION_UNKNOWN");
    return { body: showSignedIn(signedIn), headers: [["set-cookie", cookie]] };
  }

  return {
    async "signIn.password"({ body, request, address }) {
      signIn.checkPage(request);
      return answerBegun(await signIn.withPassword(body, request, address));
    },
    async "signIn.inspectLink"({ body, address }) {
      const { purpose, person, expiresAt } = await signIn.inspectLink(body.secret, address);
      return {
        purpose,
        person: person === null ? null : { name: person.name, email: person.email },
        needs_password: needsPassword(purpose),
        expires_at: expiresAt,
      };
    },
    async "signIn.redeemLink"({ body, request, address }) {
      signIn.checkPage(request);
      const userAgent = request.headers.get("user-agent");
      return answerBegun(await signIn.redeemLink(body, { address, userAgent }));
    },
    "account.read": async ({ person }) => showSignedIn(person.signedIn),
    async "account.signOut"({ person, actor }) {
      await signIn.endSession(actor, { ...idsOf(person), action: "session.signed-out" });
      return { body: DONE, headers: [["set-cookie", signIn.clearingCookie]] };
    },
    async "account.update"({ person, actor, body }) {
      const { signedIn } = person;
      const { personId } = idsOf(person);
      await signIn.changeName(actor, { personId, before: signedIn.person.name, after: body.name });
      return showPerson({ ...signedIn.person, name: body.name });
    },
    async "account.setPassword"({ person, actor, body }) {
      await signIn.changePassword(actor, {
        ...idsOf(person),
        email: person.signedIn.person.email,
        current: body.current_password,
        next: body.new_password,
      });
      return DONE;
    },
    async "account.listSessions"({ person }) {
      const { personId, sessionId } = idsOf(person);
      const sessions = await signIn.listSessions(personId);
      return {
        data: sessions.map((session) => ({
          id: session.id,
          is_current: session.id === sessionId,
          created_at: session.createdAt,
          expires_at: session.expiresAt,
          address: session.address,
          user_agent: session.userAgent,
        })),
      };
    },
    async "account.endSession"({ person, actor, parameters }) {
      const { personId } = idsOf(person);
      await signIn.endSession(actor, { personId, sessionId: parameters.session_id, action: "session.ended" });
      return DONE;
    },
    async "account.endOtherSessions"({ person, actor }) {
      await signIn.endOtherSessions(actor, idsOf(person));
      return DONE;
    },
  };
}

function idsOf({ signedIn: { person, session } }: SignedInPerson) {
  return { personId: person.id, sessionId: session.id };
}

function showPerson({ id, name, email, hasPassword }: SignedIn["person"]): AnswerOf<"account.update"> {
  return { id, name, email, has_password: hasPassword };
}

function showSignedIn({ person, session, memberships }: SignedIn): AnswerOf<"account.read"> {
  return {
    person: showPerson(person),
    session: { id: session.id, created_at: session.createdAt, expires_at: session.expiresAt },
    memberships: memberships.map(({ organizationId, organizationName, organizationCreatedAt, role }) => ({
      organization: { id: organizationId, name: organizationName, created_at: organizationCreatedAt },
      role: role.name,
      scopes: [...role.scopes],
    })),
  };
}
