import { createStaticKeySource, ok } from "@agentos/auth";
import { createTestKey } from "@agentos/testkit";
import { expect, it } from "vitest";
import type { AuthorizationConfig } from "../config/auth-options.ts";
import { describePolicy } from "../config/describe-policy.ts";
import { formatPolicy } from "../config/format-policy.ts";
import { resolvePolicy } from "../config/resolve-policy.ts";
import { loadKeys } from "../keys/load-keys.ts";

it("prints every issuer with where its keys come from and what differs from the rest", async () => {
  const { jwk } = await createTestKey("ES256", { kid: "k1" });
  const issuers = [
    { issuer: "https://a.test" },
    {
      issuer: "https://b.test",
      name: "partner",
      jwksUrl: "https://b.test/jwks",
      algorithms: ["ES256"],
      audience: "for-b",
      allowedScopes: ["agents:read"],
      subjectPrefix: "b:",
    },
  ];
  const resolved = resolvePolicy({ id: "shop", authorizationConfig: { issuers }, env: {} }, {});
  const keys = await loadKeys(
    resolved,
    () => 0,
    async (url) =>
      ok({
        kind: "document",
        text: JSON.stringify(
          url.endsWith("configuration")
            ? { issuer: "https://a.test", jwks_uri: "https://a.test/jwks" }
            : { keys: [jwk] },
        ),
      }),
  );
  keys.close();
  const policy = describePolicy(resolved, keys.keySource, { routes: [], faults: resolved.faults });
  const text = formatPolicy(policy);
  expect(text).toContain(
    'issuers    https://a.test (users of "default"; keys by discovery; may grant everything but admin and authz)\n',
  );
  expect(text).toContain(
    'https://b.test (users of "partner"; keys by address; only ES256; audience for-b; at most agents:read; shown as b:…)',
  );
  expect(text).toContain('scopes     enforced; "agent_os:admin" satisfies all (from: nobody)\n');
  expect([policy.keyState, text.includes("cannot be read")]).toEqual(["ok", false]);
  const failing = {
    ...createStaticKeySource([]),
    status: () => ({ state: "stale" as const, faults: [] }),
  };
  expect(formatPolicy(describePolicy(resolved, failing, { routes: [], faults: [] }))).toContain(
    "keys are stale",
  );
});

it("says who may make an admin, which a list with the admin scope does and no list does not", () => {
  const format = (config: AuthorizationConfig) => {
    const resolved = resolvePolicy({ id: "shop", authorizationConfig: config, env: {} }, {});
    return formatPolicy(describePolicy(resolved, createStaticKeySource([]), { routes: [], faults: [] }));
  };
  const own = { verificationKeys: ["x"], allowedScopes: ["agents:read", "agent_os:admin"] };
  const one = { issuer: "https://a.test", name: "a" };
  const several = format({ ...own, issuers: [one, { ...one, issuer: "https://b.test", name: "b" }] });
  expect(several).toContain('"agent_os:admin" satisfies all (from: tokens without an issuer)\n');
  expect(several).toContain("keys by configuration; may grant everything, admin too)\n");
  expect(several.match(/may grant everything but admin and authz\)/g)).toHaveLength(2);
  expect(format({ ...own, issuers: [{ ...one, allowedScopes: [] }] })).toContain("; at most no scope)");
  // Alone, no list is no limit, and there is nobody to tell it from.
  expect(format({ issuers: [one] })).toContain('(users of "a"; keys by discovery)\n');
  expect(format({ issuers: [one] })).toContain('"agent_os:admin" satisfies all\n');
  expect(format(own)).toContain("may grant everything, admin too\n");
});
