/** Whose session a run reaches, over a real socket: the owner is who the credential names, never who a form claims to be. */
import { Agent } from "@agentos/server";
import { createTestKey, goodToken, signToken, type TestKey, withClaims } from "@agentos/testkit";
import { beforeAll, describe, expect, test } from "vitest";
import { bearer, bodyOf, send } from "./support/http.ts";
import { type Served, serve } from "./support/serve.ts";

const HOME = "https://home.example";
const PARTNER = "https://partner.example";
let home: TestKey;
let partner: TestKey;
beforeAll(async () => {
  [home, partner] = await Promise.all([createTestKey("ES256"), createTestKey("ES256")]);
});

const CONFIGURATIONS = [
  { name: "one issuer, isolation off", issuers: 1, userIsolation: false },
  { name: "one issuer, isolation on", issuers: 1, userIsolation: true },
  { name: "two issuers, isolation off", issuers: 2, userIsolation: false },
  { name: "two issuers, isolation on", issuers: 2, userIsolation: true },
] as const;

function start({ issuers, userIsolation }: (typeof CONFIGURATIONS)[number]): Promise<Served> {
  const second = { issuer: PARTNER, name: "partner", verificationKeys: [partner.verificationKey] };
  return serve({
    id: "agent-os",
    agents: [new Agent({ id: "echo", model: "offline:echo" })],
    authorizationConfig: {
      issuer: HOME,
      verificationKeys: [home.verificationKey],
      userIsolation,
      ...(issuers === 1 ? {} : { issuers: [second] }),
    },
  });
}

/** A token of one of the two; without a subject it names nobody. */
async function tokenOf(issuer: "home" | "partner", subject: string | undefined): Promise<string> {
  const key = issuer === "home" ? home : partner;
  const iss = issuer === "home" ? HOME : PARTNER;
  const good = goodToken({ key, now: Math.floor(Date.now() / 1_000), scopes: ["agents:run"], issuer: iss });
  return signToken(withClaims(good, { sub: subject }));
}

/** Runs in the session "s" and brings one key of state. */
async function run(
  served: Served,
  token: string,
  key: string,
  fields: Readonly<Record<string, string>> = {},
) {
  const form = { message: "hi", stream: "false", session_id: "s", session_state: `{"${key}":1}`, ...fields };
  return send(served.port, {
    method: "POST",
    path: "/agents/echo/runs",
    headers: bearer(token),
    body: new URLSearchParams(form).toString(),
  });
}

const keysOf = (answer: Awaited<ReturnType<typeof run>>) =>
  Object.keys(bodyOf(answer)["session_state"] as object);

describe.each(CONFIGURATIONS)(
  "a claimed user id never reaches a verified user's session: $name",
  (configuration) => {
    test.each(configuration.issuers === 1 ? (["home"] as const) : (["home", "partner"] as const))(
      "by a token of %s that names nobody",
      async (issuer) => {
        const served = await start(configuration);
        const alice = await tokenOf("home", "alice");
        const nameless = await tokenOf(issuer, undefined);
        expect(keysOf(await run(served, alice, "secret"))).toEqual(["secret"]);
        const claimed = await run(served, nameless, "mine", { user_id: "alice" });
        if (configuration.userIsolation) {
          expect([claimed.status, bodyOf(claimed)["code"]]).toEqual([403, "AUTH_USER_REQUIRED"]);
        } else {
          expect(keysOf(claimed)).toEqual(["mine"]);
          // On the wire it looks as it always did.
          expect(bodyOf(claimed)["user_id"]).toBe("alice");
        }
        const again = await run(served, alice, "more");
        expect(keysOf(again)).toEqual(["secret", "more"]);
        expect(bodyOf(again)["user_id"]).toBe("alice");
      },
    );

    test("by a token that names somebody else", async () => {
      const served = await start(configuration);
      const [alice, bob] = [await tokenOf("home", "alice"), await tokenOf("home", "bob")];
      await run(served, alice, "secret");
      const claimed = await run(served, bob, "mine", { user_id: "alice" });
      expect([bodyOf(claimed)["user_id"], keysOf(claimed)]).toEqual(["bob", ["mine"]]);
      expect(keysOf(await run(served, alice, "more"))).toEqual(["secret", "more"]);
    });
  },
);

test.each(CONFIGURATIONS.filter(({ issuers }) => issuers === 2))(
  "two issuers with the same sub are two owners: $name",
  async (configuration) => {
    const served = await start(configuration);
    const [one, other] = [await tokenOf("home", "alice"), await tokenOf("partner", "alice")];
    expect(keysOf(await run(served, one, "a"))).toEqual(["a"]);
    expect(keysOf(await run(served, other, "b"))).toEqual(["b"]);
    expect(keysOf(await run(served, one, "c"))).toEqual(["a", "c"]);
  },
);

test("issuers that are declared to share their users are one owner", async () => {
  const served = await serve({
    id: "agent-os",
    agents: [new Agent({ id: "echo", model: "offline:echo" })],
    authorizationConfig: {
      issuer: HOME,
      verificationKeys: [home.verificationKey],
      issuers: [{ issuer: PARTNER, sharesUsersWith: "default", verificationKeys: [partner.verificationKey] }],
    },
  });
  await run(served, await tokenOf("home", "alice"), "a");
  expect(keysOf(await run(served, await tokenOf("partner", "alice"), "b"))).toEqual(["a", "b"]);
});
