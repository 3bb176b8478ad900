import { diagnosisInputSchema } from "@agentos/contract/control-plane";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { storeObservation } from "../instances/observations.ts";
import { ROLES } from "../people/roles/built-in-roles.ts";
import { Rejected } from "../store/rejected.ts";
import { openTestStore, TEST_DIALECTS, type TestStore } from "../store/test-store.fixture.ts";
import { diagnoseReported } from "./read-refused.ts";
import { KID, OTHER_KID, policy } from "./refused.fixture.ts";

const BAD_SIGNATURE = { detail: "Invalid token: Signature verification failed" };
const REVOKED = { code: "AUTH_CREDENTIAL_REVOKED" };

describe.each(TEST_DIALECTS)("what is known of a refused request on %s", (dialect) => {
  let opened: TestStore;

  beforeEach(async () => {
    opened = await openTestStore(dialect);
    const { store } = opened;
    const jwk = await publicJwk();
    await store.note(async (db, now) => {
      const times = { created_at: now, updated_at: now };
      await db
        .insertInto("agentos_cp_organizations")
        .values({ organization_id: "acme", name: "Acme", created_at: now })
        .execute();
      for (const [id, isDraft] of [
        ["shop", 0],
        ["draft", 1],
      ] as const)
        await db
          .insertInto("agentos_cp_instances")
          .values({
            instance_id: id,
            issuer_id: id,
            organization_id: "acme",
            name: id,
            endpoint: `https://${id}.test`,
            environment: "live",
            tags_json: "[]",
            is_draft: isDraft,
            os_id: "agent-os",
            wants_authorization: 1,
            wants_security_key: 0,
            stated_version: null,
            created_by: "ann",
            ...times,
          })
          .execute();
      await db
        .insertInto("agentos_cp_keys")
        .values({
          kid: KID,
          instance_id: "shop",
          station: "signing",
          public_jwk_json: jwk,
          sealed_private: "",
          seal_key_id: "",
          created_at: now,
          signing_since: now,
          retired_at: null,
          last_token_ends_at: null,
        })
        .execute();
      await db
        .insertInto("agentos_cp_minted")
        .values({
          jti: "token-1",
          instance_id: "shop",
          person_id: "ann",
          kid: KID,
          sid: "sid-1",
          client: "console",
          audience: "agent-os",
          scopes_json: '["config:read","agents:read"]',
          issued_at: now - 60,
          ends_at: now + 240,
        })
        .execute();
    });
  });
  afterEach(() => opened.close());

  interface Asked {
    readonly body: Readonly<Record<string, unknown>>;
    readonly personId?: string;
    readonly instanceId?: string;
    readonly organizationId?: string;
    readonly jti?: string;
  }

  const ask = ({ body, jti = "token-1", ...query }: Asked) =>
    diagnoseReported(
      {
        store: opened.store,
        localInstances: { isNotApplied: () => false },
        publicUrl: "https://control.test",
        cliCommand: "agentos",
        now: () => opened.clock.now,
      },
      {
        organizationId: "acme",
        instanceId: "shop",
        personId: "ann",
        role: ROLES.owner,
        reported: diagnosisInputSchema.parse({
          request: { method: "GET", path: "/agents" },
          answer: { status: 401, body },
          credential: { kind: "minted", jti },
        }),
        ...query,
      },
    );
  const first = async (asked: Asked) => (await ask(asked)).causes[0]?.code;

  test("is the token as it was minted, and the key that has signed it", async () => {
    expect(await first({ body: BAD_SIGNATURE })).toBe("INSTANCE_KEY_OTHER");
    await opened.store.note((db) =>
      db.updateTable("agentos_cp_keys").set({ station: "retired" }).where("kid", "=", KID).execute(),
    );
    expect(await first({ body: BAD_SIGNATURE })).toBe("TOKEN_KEY_RETIRED");
  });

  test("is the policy of the instance, as it was read", async () => {
    const observed = policy(OTHER_KID);
    await opened.store.note((db, now) =>
      storeObservation(db, now, { instanceId: "shop", personId: undefined, observed }),
    );
    expect(await first({ body: BAD_SIGNATURE })).toBe("INSTANCE_KEY_FOREIGN");
  });

  test("is why the token was revoked", async () => {
    expect(await first({ body: REVOKED })).toBe("AUTH_CREDENTIAL_REVOKED");
    await opened.store.note((db, now) =>
      db
        .insertInto("agentos_cp_revocations")
        .values({
          organization_id: "acme",
          instance_id: "shop",
          instance_name: "shop",
          issuer_id: "shop",
          last_known_json: null,
          kind: "sid",
          value: "sid-1",
          issued_before: null,
          reason: "role-changed",
          person_id: "ann",
          until: now + 240,
          created_at: now,
          applied_at: null,
          attempts: 0,
          next_attempt_at: now,
          trouble: null,
        })
        .execute(),
    );
    const [cause] = (await ask({ body: REVOKED })).causes;
    expect(cause?.title).toBe("the token was revoked here: your role has changed since it was made");
  });

  test("is nothing about the token of somebody else, or of another instance", async () => {
    for (const asked of [{ personId: "bob" }, { instanceId: "draft" }, { jti: "token-2" }])
      expect((await ask({ body: REVOKED, ...asked })).knows).not.toContain("the token, as it was minted");
    expect((await ask({ body: REVOKED })).knows).toContain("the token, as it was minted");
  });

  test.each([
    ["of another organization", { organizationId: "other" }],
    ["that is a draft of somebody else", { instanceId: "draft", personId: "bob" }],
    ["that there is not", { instanceId: "none" }],
  ])("is nothing of an instance %s", async (_, query) => {
    await expect(ask({ body: REVOKED, ...query })).rejects.toSatisfy(
      (cause) => cause instanceof Rejected && cause.code === "INSTANCE_UNKNOWN",
    );
  });
});

/** Of some RSA key: whose it is does not matter here. */
async function publicJwk(): Promise<string> {
  const { publicKey } = await crypto.subtle.generateKey(
    {
      name: "RSASSA-PKCS1-v1_5",
      modulusLength: 2_048,
      publicExponent: new Uint8Array([1, 0, 1]),
      hash: "SHA-256",
    },
    true,
    ["sign", "verify"],
  );
  return JSON.stringify({
    ...(await crypto.subtle.exportKey("jwk", publicKey)),
    kid: KID,
    alg: "RS256",
    use: "sig",
  });
}
