/** What a person changes of themselves: the name, and the password. */
import type { Actor } from "../store/actor.ts";
import type { ControlPlaneStore } from "../store/control-plane-store.ts";
import { reject } from "../store/rejected.ts";
import { allowCurrentPassword } from "./allowances.ts";
import { auditForPerson } from "./audit-for-person.ts";
import type { Sessions } from "./better-auth.ts";
import { endLinks } from "./create-link.ts";
import { endSessions } from "./own-sessions.ts";
import { checkNewPassword, keepPassword, lockPerson, readPasswordHash, wasBusy } from "./passwords.ts";
import type { Throttle } from "./throttle.ts";

export interface OwnName {
  readonly personId: string;
  readonly before: string;
  readonly after: string;
}

export async function changeName(store: ControlPlaneStore, actor: Actor, name: OwnName): Promise<void> {
  const { personId, before, after } = name;
  await store.change(actor, async (change) => {
    await change.db
      .updateTable("agentos_cp_persons")
      .set({ name: after, updated_at: change.now })
      .where("id", "=", personId)
      .execute();
    await auditForPerson(change, personId, {
      action: "person.renamed",
      target: { kind: "person", id: personId, name: after },
      before: { name: before },
      after: { name: after },
    });
  });
}

export interface PasswordParts {
  readonly store: ControlPlaneStore;
  readonly sessions: Sessions;
  readonly throttle: Throttle;
}

export interface OwnPassword {
  readonly personId: string;
  readonly email: string;
  /** The session that asks: it alone lives on. */
  readonly sessionId: string;
  /** Undefined for who has none yet. */
  readonly current: string | undefined;
  readonly next: string;
}

/**
 * Sets or changes a password; every other session and every unused link of the person ends. Rejects with PASSWORD_WRONG,
 * PASSWORD_TOO_COMMON or SIGN_IN_THROTTLED.
 */
export async function changePassword(
  parts: PasswordParts,
  actor: Actor,
  password: OwnPassword,
): Promise<void> {
  const { store, sessions } = parts;
  const { personId, email, sessionId, next } = password;
  const before = await store.read((db) => readPasswordHash(db, personId));
  if (before !== null) await checkCurrent(parts, before, password);
  checkNewPassword(next, email);
  const hash = await sessions.hashPassword(next);
  await store.change(actor, async (change) => {
    await lockPerson(change, personId);
    // Another one may have been set while this one was hashed: then what was checked is no password any more.
    if ((await readPasswordHash(change.db, personId)) !== before) throw reject("PASSWORD_WRONG");
    await keepPassword(change, personId, hash);
    await endLinks(change, personId);
    const ended = await endSessions(change, { personId, exceptSessionId: sessionId }, "password-changed");
    await auditForPerson(change, personId, {
      action: before === null ? "password.set" : "password.changed",
      target: { kind: "person", id: personId },
      after: { ended_sessions: ended },
    });
  });
}

async function checkCurrent(
  { sessions, throttle }: PasswordParts,
  hash: string,
  password: OwnPassword,
): Promise<void> {
  const { sessionId, current } = password;
  if (current === undefined) throw reject("PASSWORD_WRONG");
  const allowance = allowCurrentPassword(sessionId);
  const limit = await throttle.take([allowance]);
  if (limit !== undefined) throw reject("SIGN_IN_THROTTLED", { limit });
  const isRight = await sessions.verifyPassword(current, hash).catch(async (cause: unknown) => {
    if (wasBusy(cause)) await throttle.giveBack([allowance], []);
    throw cause;
  });
  if (!isRight) throw reject("PASSWORD_WRONG");
  await throttle.giveBack([], [allowance.key]);
}
