import { createStaticKeySource, ok } from "@agentos/auth";
import { createTestKey } from "@agentos/testkit";
import { expect, it } from "vitest";
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
  expect(text).toContain('issuers    https://a.test (users of "default"; keys by discovery)\n');
  expect(text).toContain(
    'https://b.test (users of "partner"; keys by address; only ES256; audience for-b; at most agents:read; shown as b:…)',
  );
  expect([policy.keyState, text.includes("cannot be read")]).toEqual(["ok", false]);
  const failing = {
    ...createStaticKeySource([]),
    status: () => ({ state: "stale" as const, faults: [] }),
  };
  expect(formatPolicy(describePolicy(resolved, failing, { routes: [], faults: [] }))).toContain(
    "keys are stale",
  );
});
