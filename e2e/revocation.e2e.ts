// What is revoked through one server, as another one on the same database sees it, over real sockets: each kind with a twin
// that still passes. Real processes on PostgreSQL are in revoked-everywhere.e2e.ts.
import { Agent } from "@agentos/server";
import { createTestIssuer, TEST_OS_ID } from "@agentos/testkit";
import { describe, expect, it } from "vitest";
import { createDatabase, DATABASES } from "./support/databases.ts";
import { bodyOf, send } from "./support/http.ts";
import { type Served, serve, stop } from "./support/serve.ts";

const B = "https://b.test";
const [own, partner] = [await createTestIssuer(), await createTestIssuer("RS256")];
const seconds = Math.floor(Date.now() / 1_000);

const start = (database: string) =>
  serve({
    id: TEST_OS_ID,
    database,
    agents: [new Agent({ id: "echo", model: "offline:echo" })],
    authorizationConfig: {
      verificationKeys: [own.verificationKey],
      issuer: "https://issuer.test",
      allowedScopes: ["agents:read", "agents:run", "authz:revoke"],
      issuers: [{ issuer: B, name: "partner", verificationKeys: [partner.verificationKey] }],
    },
  });

type Claims = Readonly<Record<string, unknown>>;

async function ask({ port }: Served, claims: Claims, signer = own): Promise<string> {
  const iss = signer === partner ? { iss: B } : {};
  const headers = await signer.bearer({ scopes: ["agents:read"], claims: { ...iss, ...claims } });
  const answer = await send(port, { path: "/agents", headers });
  return answer.status === 200 ? "200" : `${answer.status} ${String(bodyOf(answer)["code"])}`;
}

async function revoke({ port }: Served, fields: object): Promise<number> {
  const operator = await own.bearer({ scopes: ["authz:revoke"], subject: "operator" });
  const answer = await send(port, {
    method: "POST",
    path: "/authz/revocations",
    headers: { ...operator, "content-type": "application/json" },
    body: JSON.stringify(fields),
  });
  return answer.status;
}

const REVOKED = "401 AUTH_CREDENTIAL_REVOKED";

describe.each(DATABASES)("two servers on %s", (kind) => {
  it("both refuse what one of them was told, from the next request on, and go on with its twins", async () => {
    const database = await createDatabase(kind);
    const [one, other] = [await start(database), await start(database)];
    const cases = [
      [{ kind: "jti", value: "t-1" }, { jti: "t-1" }, { jti: "t-2" }],
      [
        { kind: "sid", value: "s-1" },
        { sid: "s-1", jti: "a" },
        { sid: "s-2", jti: "b" },
      ],
      [
        { kind: "subject", value: "alice", issued_before: seconds - 10 },
        { iat: seconds - 20 },
        { iat: seconds - 10 },
      ],
    ] as const;
    for (const [fields, meant, twin] of cases) {
      // Cached by the one, and never seen by the other.
      expect(await ask(one, meant)).toBe("200");
      expect(await revoke(one, fields)).toBe(200);
      for (const served of [one, other, other]) {
        expect(await ask(served, meant)).toBe(REVOKED);
        expect(await ask(served, twin)).toBe("200");
        // The same values of another issuer are something else.
        expect(await ask(served, meant, partner)).toBe("200");
      }
    }
    expect(await revoke(other, { kind: "sid", value: "s-2", issuer: "partner" })).toBe(200);
    expect(await ask(one, { sid: "s-2" }, partner)).toBe(REVOKED);
    expect(await ask(one, { sid: "s-2", jti: "b" })).toBe("200");
  });

  it("know it after a restart", async () => {
    const database = await createDatabase(kind);
    const one = await start(database);
    const other = await start(database);
    for (const served of [one, other]) expect(await ask(served, { jti: "t-1" })).toBe("200");
    await stop(other);
    expect(await revoke(one, { kind: "jti", value: "t-1" })).toBe(200);
    await stop(one);
    expect(await ask(await start(database), { jti: "t-1" })).toBe(REVOKED);
  });
});
