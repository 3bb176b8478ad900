/** Gathers what is known here of a request that an instance has refused, and names its cause. */
import type { diagnosisInputSchema } from "@agentos/contract/control-plane";
import type { Kysely } from "kysely";
import type { z } from "zod";
import { findInstance } from "../instances/find-instance.ts";
import type { LocalInstances } from "../instances/local-instances.ts";
import { combine, NOTHING_SEEN, readSeen } from "../instances/observations.ts";
import { findVersion } from "../instances/version-gate.ts";
import { addressesOf, readPublicKeys } from "../keys/public-keys.ts";
import type { Role } from "../people/roles/built-in-roles.ts";
import { mayReadPolicy } from "../schema/observed.ts";
import type { Tables } from "../schema/tables.ts";
import type { ControlPlaneStore } from "../store/control-plane-store.ts";
import { type Diagnosis, diagnoseRefusal } from "./diagnose-refusal.ts";
import type { MintedToken, SentCredential } from "./refused-request.ts";

export interface DiagnosisServices {
  readonly store: ControlPlaneStore;
  readonly localInstances: Pick<LocalInstances, "isNotApplied">;
  /** Address of the control plane, without a final slash. */
  readonly publicUrl: string;
  /** The operator's own command, for fixes. */
  readonly cliCommand: string;
  /** Seconds since the epoch. */
  readonly now: () => number;
}

export interface DiagnosisQuery {
  readonly organizationId: string;
  readonly instanceId: string;
  readonly personId: string;
  readonly role: Role;
  readonly reported: z.output<typeof diagnosisInputSchema>;
}

/** Rejects with INSTANCE_UNKNOWN for an instance that this person does not see. */
export async function diagnoseReported(
  { store, localInstances, publicUrl, cliCommand, now }: DiagnosisServices,
  { organizationId, instanceId, personId, role, reported }: DiagnosisQuery,
): Promise<Diagnosis> {
  return store.read(async (db) => {
    const row = await findInstance(db, { organizationId, instanceId, personId });
    const observed = combine((await readSeen(db, [instanceId], personId)).get(instanceId) ?? NOTHING_SEEN);
    const keys = await readPublicKeys(db, instanceId);
    const { credential, request, answer, outcome, denial } = reported;
    const { issuer } = addressesOf(publicUrl, row.issuer_id);
    const sent: SentCredential =
      credential.kind === "minted"
        ? {
            kind: "minted",
            minted: await readMinted(db, { jti: credential.jti, instanceId, personId, issuer }),
          }
        : credential;
    return diagnoseRefusal({
      request,
      answer,
      outcome,
      denial,
      sent,
      instance: {
        desired: {
          authorization: row.wants_authorization === 1,
          securityKey: row.wants_security_key === 1,
        },
        version: findVersion(row.stated_version, observed),
        osId: row.os_id,
        signingKid: keys.find(({ station }) => station === "signing")?.kid,
        observed,
        consoleOrigin: new URL(publicUrl).origin,
        isNotApplied: localInstances.isNotApplied(instanceId),
      },
      kids: keys.map(({ kid }) => kid),
      role,
      mayReadPolicy: mayReadPolicy(role.scopes),
      now: now(),
      cli: cliCommand,
    });
  });
}

interface MintedQuery {
  readonly jti: string;
  readonly instanceId: string;
  readonly personId: string;
  readonly issuer: string;
}

/** One's own tokens alone: what somebody else's holds is theirs. */
async function readMinted(
  db: Kysely<Tables>,
  { jti, instanceId, personId, issuer }: MintedQuery,
): Promise<MintedToken | undefined> {
  const row = await db
    .selectFrom("agentos_cp_minted")
    .selectAll()
    .where("jti", "=", jti)
    .where("instance_id", "=", instanceId)
    .where("person_id", "=", personId)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const revoked = await db
    .selectFrom("agentos_cp_revocations")
    .select("reason")
    .where("instance_id", "=", instanceId)
    .where((is) =>
      is.or([
        is.and([is("kind", "=", "sid"), is("value", "=", row.sid)]),
        is.and([is("kind", "=", "key"), is("value", "=", row.kid)]),
      ]),
    )
    .orderBy("revocation_no", "desc")
    .executeTakeFirst();
  const scopes: unknown = JSON.parse(row.scopes_json);
  return {
    tokenId: row.jti,
    personId,
    kid: row.kid,
    signInId: row.sid,
    issuer,
    audience: row.audience,
    scopes: Array.isArray(scopes) ? scopes.filter((scope) => typeof scope === "string") : [],
    issuedAt: row.issued_at,
    endsAt: row.ends_at,
    revokedFor: revoked?.reason,
  };
}
