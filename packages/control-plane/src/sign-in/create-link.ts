/**
 * One-time links of our own. The secret stands in the fragment of the address, which no browser sends and no log of a
 * server holds; what is kept of it is a hash, and it is spent by a POST.
 */
import { createHash, randomBytes } from "node:crypto";
import type { LinkPurpose } from "@agentos/contract/control-plane";
import type { Change } from "../store/control-plane-store.ts";
import { reject } from "../store/rejected.ts";
import { findFirstOwner } from "./first-owner.ts";

export interface NewLink {
  readonly purpose: LinkPurpose;
  /** Whom it lets in. Null for the first owner, who does not exist yet. */
  readonly personId: string | null;
  /** Whose audit log names it; null where it is about no organization. */
  readonly organizationId: string | null;
}

/** A link to hand over. Its secret is nowhere else. */
export interface MadeLink {
  readonly secret: string;
  /** Seconds since the epoch. */
  readonly expiresAt: number;
}

const SECRET_BYTES = 32;
const TEN_MINUTES = 600;
/** Somebody else has to find the message first. */
const ONE_DAY = 86_400;
/** For how long after its end it is told that a link was used, or has ended, instead of "unknown". */
const REMEMBERED_SECONDS = 7 * ONE_DAY;

/** Seconds that a link lives. */
const LINK_SECONDS: Readonly<Record<LinkPurpose, number>> = {
  owner: TEN_MINUTES,
  "sign-in": TEN_MINUTES,
  invitation: ONE_DAY,
  "reset-password": TEN_MINUTES,
};

/**
 * Makes a link within a change, and audits it there as `link.created`. Older links of the same person that nobody has
 * used end. Rejects with LINK_OWNER_EXISTS for the first owner, where there is one.
 */
export async function createLink(
  change: Change,
  { purpose, personId, organizationId }: NewLink,
): Promise<MadeLink> {
  const { db, now, actor } = change;
  if (purpose === "owner" && (await findFirstOwner(db)) !== undefined) throw reject("LINK_OWNER_EXISTS");
  await endLinks(change, personId);
  await db
    .deleteFrom("agentos_cp_links")
    .where("expires_at", "<", now - REMEMBERED_SECONDS)
    .execute();
  const secret = randomBytes(SECRET_BYTES).toString("base64url");
  const expiresAt = now + LINK_SECONDS[purpose];
  await db
    .insertInto("agentos_cp_links")
    .values({
      secret_hash: hashLinkSecret(secret),
      purpose,
      person_id: personId,
      created_at: now,
      expires_at: expiresAt,
      used_at: null,
      created_by: actor.personId ?? null,
    })
    .execute();
  const name = personId === null ? undefined : await readName(change, personId);
  await change.audit({
    organizationId,
    action: "link.created",
    target: { kind: "person", id: personId ?? "first-owner", ...(name === undefined ? {} : { name }) },
    after: { purpose, expires_at: expiresAt },
  });
  return { secret, expiresAt };
}

/** Their name now: the audit log says it, when they are gone too. */
async function readName({ db }: Change, personId: string): Promise<string | undefined> {
  const person = await db
    .selectFrom("agentos_cp_persons")
    .select("name")
    .where("id", "=", personId)
    .executeTakeFirst();
  return person?.name;
}

/** Ends the links of a person that nobody has used; those for the first owner where the person is null. */
export async function endLinks({ db }: Change, personId: string | null): Promise<void> {
  await db
    .deleteFrom("agentos_cp_links")
    .where("person_id", personId === null ? "is" : "=", personId)
    .where("used_at", "is", null)
    .execute();
}

/** The address that is handed over; `publicUrl` is that of the control plane. */
export function linkUrl(publicUrl: string, { secret }: MadeLink): string {
  return `${new URL("/", publicUrl).href}#link=${secret}`;
}

/** What is kept of a secret. It is random throughout, so no slow hash is needed. */
export function hashLinkSecret(secret: string): string {
  return createHash("sha256").update(secret).digest("base64url");
}
