import { createStaticKeySource, parseVerificationKeys } from "@agentos/auth";
import { SERVED_ROUTES } from "@agentos/contract";
import { createTestKey } from "@agentos/testkit";
import { describe, expect, it } from "vitest";
import type { AuthOptions, Environment } from "../config/auth-options.ts";
import { describePolicy } from "../config/describe-policy.ts";
import { formatLocations, formatPolicy } from "../config/format-policy.ts";
import { resolvePolicy } from "../config/resolve-policy.ts";
import { compileRoutesFor } from "./compile-routes-for.ts";

const SECURITY_KEY = "Zk3-uW9_qL7.x2Tr8vBn";

const ROUTES = {
  health: { method: "GET", path: "/health", access: "public" },
  hook: { method: "POST", path: "/hook", access: "public" },
  list: SERVED_ROUTES["agents.list"],
  read: SERVED_ROUTES["agents.read"],
} as const;

async function describeFor(options: AuthOptions, env: Environment = {}) {
  const resolved = resolvePolicy({ id: "shop", env, ...options }, {});
  const [{ keyValues, algorithm } = { keyValues: [], algorithm: undefined }] = resolved.issuerKeys;
  const parsed = await parseVerificationKeys(keyValues, {
    allowWeakSecrets: false,
    ...(algorithm === undefined ? {} : { algorithm }),
  });
  const { routes, faults } = compileRoutesFor(resolved, ROUTES);
  const keySource = createStaticKeySource(parsed.keys);
  return describePolicy(resolved, keySource, { routes, faults: [...resolved.faults, ...faults] });
}

describe("describePolicy and formatPolicy", () => {
  it("describe a server with authorization", async () => {
    const { verificationKey } = await createTestKey("ES256");
    const mangled = verificationKey.replaceAll("\n", "\\n");
    const policy = await describeFor({
      authorizationConfig: {
        verificationKeys: [mangled],
        issuer: "https://issuer.test",
        userIsolation: true,
      },
    });
    expect(policy).toMatchObject({
      id: "shop",
      mode: "jwt",
      hasSecurityKey: false,
      enforcesScopes: true,
      isolatesUsers: true,
      keys: [{ algorithms: ["ES256"] }],
      separatesIssuers: false,
      tokens: [{ audience: ["shop"], issuer: "https://issuer.test" }],
      keyOrigins: [{ issuer: "https://issuer.test", keysFrom: ["configuration"] }],
      adminScope: "agent_os:admin",
      credentialLocations: [{ in: "header", name: "Authorization" }],
      publicRoutes: ["/health", "POST /hook"],
      allowedOrigins: ["http://localhost:3000"],
      findings: [],
    });
    const text = formatPolicy(policy);
    expect(text).toMatch(/^AgentOS policy\n {2}id +shop\n {2}mode +jwt: every request needs a valid token/);
    expect(text).toMatch(/scopes +enforced; "agent_os:admin" satisfies all/);
    expect(text).toMatch(/keys +ES256 .*\(verificationKeys\[0\]\)/);
    expect(text).toMatch(/repaired: \S/);
    expect(text).toMatch(/isolation +each user/);
    expect(text).toMatch(/public +\/health POST \/hook/);
    expect(text).not.toMatch(/warning|error|UNSAFE|NOT/);
  });

  it("say whose users the one issuer names and the most that it may grant, where that is configured", async () => {
    const { verificationKey } = await createTestKey("ES256");
    const named = await describeFor({
      authorizationConfig: {
        verificationKeys: [verificationKey],
        issuerName: "corp",
        allowedScopes: ["agents:read", "config:read"],
      },
    });
    expect(named.keyOrigins).toMatchObject([{ name: "corp" }]);
    const text = formatPolicy(named);
    expect(text).toMatch(/users +of "corp"/);
    expect(text).toMatch(/satisfies all \(from: nobody\)\n +at most agents:read config:read\n/);
    const usual = formatPolicy(
      await describeFor({ authorizationConfig: { verificationKeys: [verificationKey] } }),
    );
    expect(usual).not.toMatch(/users|at most/);
  });

  it("say what is not enforced and not verified, and repeat each warning with its fix", async () => {
    const { verificationKey } = await createTestKey("ES256");
    const text = formatPolicy(
      await describeFor(
        { authorization: false, authorizationConfig: { unsafe: { allowAnyAudience: true } } },
        { JWT_VERIFICATION_KEY: verificationKey, OS_SECURITY_KEY: SECURITY_KEY },
      ),
    );
    expect(text).toMatch(/scopes +NOT enforced/);
    expect(text).toMatch(/audience +NOT verified/);
    for (const code of ["CONFIG_BOTH_CREDENTIALS", "CONFIG_SCOPES_UNENFORCED", "CONFIG_AUDIENCE_ANY"])
      expect(text).toMatch(new RegExp(`warning .*\\n +fix: .*\\[${code}\\]`));
    expect(text).not.toContain(SECURITY_KEY);
  });

  it("show nothing of a shared secret but its kind and length", async () => {
    const { verificationKey } = await createTestKey("HS256");
    const policy = await describeFor({
      authorizationConfig: { verificationKeys: [verificationKey], algorithm: "HS256" },
    });
    expect(policy.keys.map(({ label }) => label)).toEqual(["HS256 secret #1, 64 bytes"]);
    expect(JSON.stringify(policy) + formatPolicy(policy)).not.toContain(verificationKey.slice(0, 12));
  });

  it("call unverified tokens by another name than jwt", async () => {
    const authorizationConfig = { validate: false, unsafe: { allowUnverifiedTokens: true } };
    const policy = await describeFor({ authorizationConfig });
    expect(policy.mode).toBe("jwt-unverified");
    expect(formatPolicy(policy)).toContain("UNSAFE, every token is believed");
  });

  it("describe the security key mode without scopes, keys or audience", async () => {
    const policy = await describeFor({ securityKey: SECURITY_KEY });
    const text = formatPolicy(policy);
    expect([policy.mode, policy.hasSecurityKey, policy.enforcesScopes]).toEqual([
      "security_key",
      true,
      false,
    ]);
    expect(text).toMatch(/mode +security_key: every request needs the shared key/);
    expect(text).not.toMatch(/scopes|audience|keys/);
    expect(text).not.toContain(SECURITY_KEY);
  });

  it("describe a server without a credential", async () => {
    const text = formatPolicy(await describeFor({ cors: { allowedOrigins: [] } }));
    expect(text).toMatch(/mode +none: no credential is configured; only this machine may call/);
    expect(text).toMatch(/origins +none/);
    expect(text).not.toContain("credential  ");
  });

  it("describe limits that the operator has chosen, with those that follow from them", async () => {
    const policy = await describeFor({});
    expect(formatPolicy(policy)).not.toContain("limits");
    const limits = { activeRuns: 5, activeRunsPerCaller: 3, runMebibytes: 0.5 };
    expect(formatPolicy({ ...policy, limits })).toMatch(
      /limits +activeRuns 5, activeRunsPerCaller 3\n +runMebibytes 0.5(?:\n|$)/,
    );
  });

  const header = { in: "header", name: "X-Token" };
  const cookie = { in: "cookie", name: "session" };
  it.each([
    ["header", "header X-Token", [header]],
    ["cookie", "cookie session", [cookie]],
    ["both", "header X-Token, else cookie session", [header, cookie]],
  ] as const)("say where the token is read: %s", async (tokenSource, text, locations) => {
    const names = { tokenHeaderKey: "X-Token", cookieName: "session" };
    const policy = await describeFor({
      authorizationConfig: { tokenSource, ...names, verificationKeys: ["x"] },
    });
    expect(policy.credentialLocations).toEqual(locations);
    expect(formatLocations(policy.credentialLocations)).toBe(text);
    expect(formatPolicy(policy)).toContain(`credential ${text}\n`);
  });

  it("say that the security key has its one place, and that no credential is read where none is configured", async () => {
    const authorizationConfig = { tokenSource: "both", tokenHeaderKey: "X-Token" } as const;
    const policy = await describeFor({
      authorization: false,
      authorizationConfig,
      securityKey: SECURITY_KEY,
    });
    expect(policy).toMatchObject({
      mode: "security_key",
      credentialLocations: [{ in: "header", name: "Authorization" }],
    });
    expect((await describeFor({})).credentialLocations).toEqual([]);
    expect(formatLocations([])).toBe("nowhere");
  });

  it("name a route that is public for some items only, and a list that opens nothing", async () => {
    const opened = { verificationKeys: ["x"], excludedRoutePaths: ["/health", "/agents/demo"] };
    const policy = await describeFor({ authorizationConfig: opened });
    expect(policy.publicRoutes).toEqual(["/health", "/agents/{agent_id} (in part)"]);
    const closed = await describeFor({ authorizationConfig: { ...opened, excludedRoutePaths: [] } });
    expect(closed.publicRoutes).toEqual([]);
    expect(formatPolicy(closed)).toMatch(/public +nothing/);
  });
});
