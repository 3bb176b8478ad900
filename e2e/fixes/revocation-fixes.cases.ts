/** Credentials that were revoked, and what keeps a server from knowing or keeping that. */
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { MAX_REVOCATIONS } from "@agentos/guard/app";
import { goodToken, type TestKey } from "@agentos/testkit";
import { type PostgresServer, startPostgresServer } from "@agentos/testkit/postgres";
import { afterAll } from "vitest";
import { type Call, send } from "../support/http.ts";
import type { FixRows } from "./fix-row.ts";
import { callSigned, fix, good, ID, jwtOptions, key, now, otherKey, type World } from "./world.ts";

const ends: (() => Promise<void> | void)[] = [];
afterAll(async () => {
  for (const end of ends) await end();
}, 60_000);

const revoking = (revocation: object): Call => ({
  method: "POST",
  path: "/authz/revocations",
  headers: { "content-type": "application/json" },
  body: JSON.stringify(revocation),
});

/** Revoked by the operator, whose own token is of another sign-in and signed with another key. */
const withRevoked = async (revocation: object): Promise<World> => ({
  options: jwtOptions({ verificationKeys: [JSON.stringify(key.jwk), JSON.stringify(otherKey.jwk)] }),
  call: await callSigned(good({ sid: "sign-in-1" })),
  async prepare({ port }) {
    const operator = goodToken({ key: otherKey, now: now(), scopes: ["authz:revoke"] });
    await send(port, await callSigned(operator, revoking(revocation)));
    return () => undefined;
  },
});

/** RFC 7638 section 3.2: the members of an RSA key, in the order of their names. */
function thumbprintOf({ jwk: { e, kty, n } }: TestKey): string {
  return createHash("sha256").update(JSON.stringify({ e, kty, n })).digest("base64url");
}

/** A server that is these rows' own, since they stop it. */
let ownServer: Promise<PostgresServer> | undefined;
function useOwnServer(): Promise<PostgresServer> {
  ownServer ??= startPostgresServer().then((server) => {
    ends.push(() => server.close());
    return server;
  });
  return ownServer;
}

/** As many as may be kept, of which the first is forgotten at this time. */
function fill(file: string, firstUntil: number): void {
  const database = new DatabaseSync(file);
  database.exec("delete from agentos_revocations");
  database
    .prepare(
      `with recursive n(i) as (select 1 union all select i + 1 from n where i < ?)
       insert into agentos_revocations (deployment, kind, issuer, value, until, created_by)
       select ?, 'jti', 'default', json_quote('t' || i), iif(i = 1, ?, ?), json_array('default', 'operator') from n`,
    )
    .run(MAX_REVOCATIONS, ID, firstUntil, now() + 3_600);
  database.close();
}

function createFile(): string {
  const folder = mkdtempSync(join(tmpdir(), "agentos-revocation-fix-"));
  ends.push(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, "agentos.db");
}

async function withFile(file: string, firstUntil: number): Promise<World> {
  const call = revoking({ kind: "jti", value: "one-more" });
  return {
    options: { ...jwtOptions(), database: `sqlite:${file}` },
    call: await callSigned(good({ scopes: ["authz:revoke"], sub: "operator" }), call),
    async prepare() {
      fill(file, firstUntil);
      return () => undefined;
    },
  };
}

export const revocationFixes = {
  AUTH_CREDENTIAL_REVOKED: [
    fix({
      name: "by its sign-in",
      wrong: () => withRevoked({ kind: "sid", value: "sign-in-1" }),
      follows: /get a new token from your issuer, by signing in again/,
      apply: async (world) => ({ ...world, call: await callSigned(good({ sid: "sign-in-2" })) }),
    }),
    fix({
      name: "by its key",
      wrong: () => withRevoked({ kind: "key", value: thumbprintOf(key) }),
      follows: /where the new token is refused too, let the issuer sign with another key/,
      apply: async (world) => ({
        ...world,
        call: await callSigned(goodToken({ key: otherKey, now: now() })),
      }),
    }),
  ],
  AUTH_REVOCATION_UNKNOWN: fix({
    place: "answer",
    async wrong() {
      const server = await useOwnServer();
      await server.start();
      return {
        options: { ...jwtOptions(), database: server.url },
        async prepare() {
          await server.stop();
          return () => undefined;
        },
      };
    },
    follows: /try again in a few seconds; the operator finds the cause .* its (database) does not answer/,
    async apply(world) {
      const server = await useOwnServer();
      await server.start();
      return {
        ...world,
        async prepare() {
          await server.stop();
          await server.start();
          return () => undefined;
        },
      };
    },
  }),
  STORE_REVOCATIONS_FULL: fix({
    wrong: () => withFile(createFile(), now() + 3_600),
    follows: /wait until the first of them is past its "until", as GET \/authz\/revocations shows it,/,
    apply: () => withFile(createFile(), now() - 1),
  }),
} satisfies FixRows<"AUTH_CREDENTIAL_REVOKED" | "AUTH_REVOCATION_UNKNOWN" | "STORE_REVOCATIONS_FULL">;
