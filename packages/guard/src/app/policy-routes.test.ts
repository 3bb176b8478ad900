import { pagesRoutes, policySchema } from "@agentos/contract";
import { createTestIssuer, createTestKey, createTestLogger, TEST_OS_ID } from "@agentos/testkit";
import { expect, it, onTestFinished } from "vitest";
import { createGuardedApp } from "./guarded-app.ts";
import type { GuardedAppOptions } from "./guarded-app-options.ts";
import { openNothing } from "./guarded-app-parts.ts";

const issuer = await createTestIssuer();
const secret = await createTestKey("HS256");
const SECURITY_KEY = "Zk3-uW9_qL7.x2Tr8vBn";
const reader = { scopes: ["authz:read"] };
const config = { verificationKeys: [issuer.verificationKey] };

function create(options: GuardedAppOptions) {
  const app = createGuardedApp<keyof typeof pagesRoutes>({
    options: { id: TEST_OS_ID, env: {}, logger: createTestLogger(), ...options },
    table: pagesRoutes,
    defaultPort: 0,
    open: openNothing,
    createHandlers: () => ({ handlers: {} }),
  });
  onTestFinished(() => app.close());
  return async (headers: Record<string, string> = {}) => {
    const request = new Request("http://localhost/authz/policy", { headers });
    const answer = await app.fetch(request, { clientAddress: "127.0.0.1" });
    return { answer, text: await answer.text() };
  };
}

it("shows the policy by its schema, to a holder of authz:read alone", async () => {
  const ask = create({ authorizationConfig: config });
  expect((await ask()).answer.status).toBe(401);
  expect((await ask(await issuer.bearer({ scopes: ["agents:read"] }))).answer.status).toBe(403);
  const { answer, text } = await ask(await issuer.bearer(reader));
  expect(answer.headers.get("cache-control")).toBe("no-store");
  expect(policySchema.strict().parse(JSON.parse(text))).toMatchObject({
    os_id: TEST_OS_ID,
    mode: "jwt",
    algorithms: ["ES256"],
    enforces_scopes: true,
    unsafe: [],
    keys: [{ source: "verificationKeys[0]", kid: null, form: null, repairs: [], request_count: 2 }],
    issuers: [{ name: "default", issuer: null, audience: [TEST_OS_ID], allowed_scopes: null }],
  });
});

it("has nothing of a secret but its length, and no credential of an address", async () => {
  const ask = create({
    securityKey: SECURITY_KEY,
    authorizationConfig: {
      ...config,
      issuers: [
        {
          issuer: "https://user:password-of-somebody@login.test",
          name: "partner",
          algorithms: ["HS256"],
          verificationKeys: [secret.verificationKey],
        },
      ],
      unsafe: { allowLongLivedTokens: true },
      allowedScopes: ["authz:read"],
    },
  });
  const { answer, text } = await ask(await issuer.bearer({ ...reader, claims: { iss: undefined } }));
  expect(answer.status).toBe(200);
  for (const hidden of [
    secret.verificationKey,
    secret.verificationKey.slice(0, 12),
    SECURITY_KEY,
    "password-of",
  ])
    expect(text).not.toContain(hidden);
  expect(JSON.parse(text)).toMatchObject({
    has_security_key: true,
    unsafe: ["allowLongLivedTokens"],
    keys: [{}, { label: "HS256 secret #1, 64 bytes", thumbprint: null }],
    issuers: [{}, { name: "partner", issuer: "https://…@login.test" }],
  });
  expect(text).toContain("CONFIG_LIFETIME_UNLIMITED");
});

it.each<[issuer: string, shown: string]>([
  ["https:user:password-of-somebody@login.test/x", "https:…@login.test/x"],
  [String.raw`https:\\user:password-of-somebody@login.test`, String.raw`https:\\…@login.test`],
  ["https://login.test/x?token=password-of-somebody#1", "https://login.test/x?…"],
  ["https://login.test/@x", "https://login.test/@x"],
  ["partner of ours", "partner of ours"],
])("shows the issuer %s as %s, in what it found too", async (name, shown) => {
  const unsafe = { allowLongLivedTokens: true };
  const ask = create({ authorizationConfig: { ...config, issuer: name, unsafe } });
  const { text } = await ask(await issuer.bearer({ ...reader, claims: { iss: name } }));
  expect(JSON.parse(text)).toMatchObject({ issuers: [{ issuer: shown }] });
  expect(text).not.toContain("password-of");
});

it("says what was repaired, and how the key came", async () => {
  const mangled = `"${issuer.verificationKey.replaceAll("\n", String.raw`\n`)}"`;
  const { text } = await create({ authorizationConfig: { verificationKeys: [mangled] } })(
    await issuer.bearer(reader),
  );
  const { keys } = policySchema.parse(JSON.parse(text));
  expect(keys[0]?.repairs.length).toBeGreaterThan(0);
});

it("gives no count of a secret, which would be that of another one in its place", async () => {
  const signer = await createTestIssuer("HS256");
  const ask = create({
    authorizationConfig: { verificationKeys: [signer.verificationKey], algorithm: "HS256" },
  });
  const { text } = await ask(await signer.bearer(reader));
  expect(policySchema.parse(JSON.parse(text)).keys).toMatchObject([
    { thumbprint: null, request_count: null },
  ]);
});

it("counts the security key, which shows everything to whoever has it", async () => {
  const ask = create({ securityKey: SECURITY_KEY });
  const headers = { authorization: `Bearer ${SECURITY_KEY}` };
  await ask(headers);
  const { text } = await ask(headers);
  expect(JSON.parse(text)).toMatchObject({ mode: "security_key", keys: [], security_key_request_count: 2 });
});

it("is shown to this machine where nobody needs a credential, and to no stranger whatever list it stands on", async () => {
  expect((await create({})()).answer.status).toBe(200);
  const excludedRoutePaths = ["/authz/*"];
  const opened = create({ authorizationConfig: { ...config, excludedRoutePaths } });
  expect((await opened()).answer.status).toBe(404);
  // Where the route is public no credential is read.
  expect((await opened(await issuer.bearer(reader))).answer.status).toBe(404);
});
