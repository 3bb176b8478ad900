/** Uses a link: one transaction spends it, does what it is for, and begins the session; then the cookie is signed. */
import { randomUUID } from "node:crypto";
import type { Actor } from "../store/actor.ts";
import type { Change, ControlPlaneStore } from "../store/control-plane-store.ts";
import { Rejected, reject } from "../store/rejected.ts";
import { allowLink } from "./allowances.ts";
import { auditForPerson } from "./audit-for-person.ts";
import type { BegunSession, PendingSession, Sessions } from "./better-auth.ts";
import { endLinks } from "./create-link.ts";
import { createPerson } from "./create-person.ts";
import { type FoundLink, findLink, needsPassword } from "./find-link.ts";
import { createOwnedOrganization, findFirstOwner, lockFirstOwner } from "./first-owner.ts";
import { endSessions } from "./own-sessions.ts";
import { checkNewPassword, keepPassword, lockPerson } from "./passwords.ts";
import type { Throttle } from "./throttle.ts";

export interface RedeemParts {
  readonly store: ControlPlaneStore;
  readonly sessions: Sessions;
  readonly throttle: Throttle;
  readonly now: () => number;
}

/** What somebody sends with the secret. */
export interface Redemption {
  readonly secret: string;
  readonly name?: string | undefined;
  readonly email?: string | undefined;
  readonly organization_name?: string | undefined;
  readonly password?: string | undefined;
}

/** Where they are. */
export interface Client {
  readonly address: string | undefined;
  readonly userAgent: string | null;
}

/** What a link is for, and whom. It stays unused. Rejects as {@link findLink} says, or with LINK_THROTTLED. */
export async function inspectLink(
  parts: RedeemParts,
  secret: string,
  address: string | undefined,
): Promise<FoundLink> {
  const { store, throttle, now } = parts;
  const allowance = allowLink(address);
  const limit = await throttle.take([allowance]);
  if (limit !== undefined) throw reject("LINK_THROTTLED", { limit });
  const found = await store.read((db) => findLink(db, secret, now()));
  const isGuess = found instanceof Rejected && found.code === "LINK_UNKNOWN";
  // Whoever has a link that is over has had the link: they guess nothing.
  if (!isGuess) await throttle.giveBack([allowance], []);
  if (found instanceof Rejected) throw found;
  return found;
}

/** Rejects as {@link inspectLink} does; with LINK_DETAILS_MISSING, PASSWORD_TOO_COMMON or LINK_OWNER_EXISTS nothing is spent. */
export async function redeemLink(
  parts: RedeemParts,
  redemption: Redemption,
  client: Client,
): Promise<BegunSession> {
  const { store, sessions } = parts;
  const link = await inspectLink(parts, redemption.secret, client.address);
  const { name, email, password } = await readDetails(parts, link, redemption);
  if (password !== undefined) checkNewPassword(password, email);
  const hash = password === undefined ? undefined : await sessions.hashPassword(password);
  const personId = link.person?.id ?? (await findPersonId(store, email)) ?? randomUUID();
  const actor: Actor = { kind: "person", personId, name, address: client.address };
  const pending = await store.change(actor, async (change) => {
    await spend(change, link, redemption.secret);
    if (link.purpose === "owner") {
      await lockFirstOwner(change, store.dialect);
      if ((await findFirstOwner(change.db)) !== undefined) throw reject("LINK_OWNER_EXISTS");
      await createOwner(change, {
        personId,
        name,
        email,
        organizationName: redemption.organization_name,
      });
    }
    if (hash !== undefined) await replacePassword(change, personId, hash);
    return beginSession(change, { sessions, personId, link, client });
  });
  const { sessionId } = pending;
  return { sessionId, personId, cookie: await sessions.issueCookie(pending) };
}

interface Details {
  readonly name: string;
  readonly email: string;
  readonly password: string | undefined;
}

/** Whom a link is for stands in it: what is sent counts for the first owner alone. */
async function readDetails({ store }: RedeemParts, link: FoundLink, sent: Redemption): Promise<Details> {
  const { name, email } = link.person ?? sent;
  const password = needsPassword(link.purpose) ? sent.password : undefined;
  const missing = [
    ...(name === undefined ? ["name"] : []),
    ...(email === undefined ? ["email"] : []),
    ...(needsPassword(link.purpose) && password === undefined ? ["password"] : []),
  ];
  if (name === undefined || email === undefined || missing.length > 0)
    throw reject("LINK_DETAILS_MISSING", { missing });
  // Said before the slow hash is made; the change asks once more.
  if (link.purpose === "owner" && (await store.read(findFirstOwner)) !== undefined)
    throw reject("LINK_OWNER_EXISTS");
  return { name, email, password };
}

async function findPersonId(store: ControlPlaneStore, email: string): Promise<string | undefined> {
  const person = await store.read((db) =>
    db.selectFrom("agentos_cp_persons").select("id").where("email", "=", email).executeTakeFirst(),
  );
  return person?.id;
}

/** Of two who use a link at once one finds it unused. */
async function spend({ db, now }: Change, link: FoundLink, secret: string): Promise<void> {
  const { numUpdatedRows } = await db
    .updateTable("agentos_cp_links")
    .set({ used_at: now })
    .where("secret_hash", "=", link.secretHash)
    .where("used_at", "is", null)
    .where("expires_at", ">", now)
    .executeTakeFirst();
  if (numUpdatedRows > 0n) return;
  const found = await findLink(db, secret, now);
  throw found instanceof Rejected ? found : new Error("INVARIANT: a link that cannot be spent has a reason");
}

interface NewOwner {
  readonly personId: string;
  readonly name: string;
  readonly email: string;
  readonly organizationName: string | undefined;
}

/** Somebody who was a member once may have the address: they become the owner. The link is from the machine itself. */
async function createOwner(
  change: Change,
  { personId, name, email, organizationName = `Organization of ${name}`.slice(0, 100) }: NewOwner,
): Promise<void> {
  const { numUpdatedRows } = await change.db
    .updateTable("agentos_cp_persons")
    .set({ name, updated_at: change.now })
    .where("id", "=", personId)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) await createPerson(change, { id: personId, name, email });
  await createOwnedOrganization(change, { personId, name: organizationName });
}

/** Whoever knew the password before is signed out, and no other link lets them in again. */
async function replacePassword(change: Change, personId: string, hash: string): Promise<void> {
  await lockPerson(change, personId);
  await keepPassword(change, personId, hash);
  await endLinks(change, personId);
  const ended = await endSessions(change, { personId }, "password-changed");
  await auditForPerson(change, personId, {
    action: "password.set",
    target: { kind: "person", id: personId },
    after: { ended_sessions: ended },
  });
}

interface Beginning {
  readonly sessions: Sessions;
  readonly personId: string;
  readonly link: FoundLink;
  readonly client: Client;
}

function beginSession(
  change: Change,
  { sessions, personId, link, client }: Beginning,
): Promise<PendingSession> {
  const by = link.purpose === "owner" ? "owner-link" : (`${link.purpose}-link` as const);
  return sessions.begin(change, { personId, by, linkMadeBy: link.madeBy, ...client });
}
