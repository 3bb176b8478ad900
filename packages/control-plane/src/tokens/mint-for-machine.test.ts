import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { INSTANCE, OS_ID, OTHER_INSTANCE } from "../keys/seeded-store.fixture.ts";
import { TEST_DIALECTS } from "../store/test-store.fixture.ts";
import { mintForMachine } from "./mint-for-machine.ts";
import { decodePart, openMinting, outcomeOf, type TestMinting } from "./minting.fixture.ts";

describe.each(TEST_DIALECTS)("a token of the control plane itself (%s)", (dialect) => {
  let test: TestMinting;

  beforeEach(async () => {
    test = await openMinting(dialect);
  });
  afterEach(() => test.close());

  it("has one scope, lives a minute and names no sign-in", async () => {
    const instance = { instance_id: INSTANCE, issuer_id: INSTANCE, os_id: OS_ID };
    const token = await mintForMachine(test.minting, { instance, scope: "authz:revoke" });
    const { jti, ...claims } = decodePart(token.split(".")[1]);
    expect(jti).toMatch(/^[\w-]{36}$/);
    const { now } = test.clock;
    expect(claims).toEqual({
      iss: `https://console.example.com/instances/${INSTANCE}`,
      sub: "control-plane",
      aud: OS_ID,
      client_id: "control-plane",
      scopes: ["authz:revoke"],
      iat: now,
      exp: now + 60,
    });
    expect(
      await outcomeOf(
        mintForMachine(test.minting, { instance: { ...instance, os_id: null }, scope: "authz:read" }),
      ),
    ).toBe("INSTANCE_OS_ID_UNKNOWN");
    const keyless = { instance_id: OTHER_INSTANCE, issuer_id: OTHER_INSTANCE, os_id: OS_ID };
    expect(await outcomeOf(mintForMachine(test.minting, { instance: keyless, scope: "authz:read" }))).toBe(
      "INSTANCE_AUTHORIZATION_OFF",
    );
  });
});
