/**
 * A real OpenID Connect issuer on the loopback address: oidc-provider, with access tokens as JWTs for one resource.
 * A rotation puts another provider with other keys behind the same address, which is what a restart with new keys is.
 */
import { generateKeyPairSync, type JsonWebKey, randomUUID } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createTestKey, type TestKey } from "@agentos/testkit";
import { Provider } from "oidc-provider";
import { afterAll, vi } from "vitest";

/** What tokens are for; an absolute URI, as RFC 8707 wants it. */
export const RESOURCE = "https://shop.test/os";

const SCOPES = "agents:read agents:run config:read agent_os:admin";
const CLIENT = { id: "ci", secret: "a-secret-of-the-test-client-only" };

export interface OidcIssuer {
  /** Its identifier. */
  readonly url: string;
  /** Fetches of the key set, and of the discovery document, so far. */
  fetches(): { readonly keys: number; readonly discovery: number };
  /** A token for `RESOURCE`, from the token endpoint. */
  token(scope?: string): Promise<string>;
  /** Adds a key and signs with it from now on; the older ones stay published. */
  addKey(): void;
  /** Publishes only the newest key from now on. */
  dropOldKeys(): void;
  /** A key that nobody published, under the `kid` of the one that signs now. */
  imposter(): Promise<TestKey>;
  /** Stops answering, as a host that is down. */
  goDown(): Promise<void>;
  comeBack(): Promise<void>;
}

const servers = new Set<Server>();
afterAll(async () => {
  await Promise.all([...servers].map(close));
});

/** Starts an issuer with one key. */
export async function startOidcIssuer(): Promise<OidcIssuer> {
  // It warns about what only matters in production.
  vi.spyOn(console, "warn").mockImplementation(() => undefined);
  vi.spyOn(console, "info").mockImplementation(() => undefined);
  const counted = { keys: 0, discovery: 0 };
  let keys: readonly SigningKey[] = [createSigningKey()];
  let answer: ReturnType<Provider["callback"]> | undefined;
  const listenAt = (at: number) => {
    const server = createServer((request, response) => {
      if (request.url === "/jwks") counted.keys += 1;
      if (request.url === "/.well-known/openid-configuration") counted.discovery += 1;
      void answer?.(request, response);
    });
    servers.add(server);
    return new Promise<Server>((resolve) => server.listen(at, "127.0.0.1", () => resolve(server)));
  };
  let server = await listenAt(0);
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  const publish = (next: readonly SigningKey[]) => {
    keys = next;
    answer = new Provider(url, configure(keys)).callback();
  };
  publish(keys);

  return {
    url,
    fetches: () => ({ ...counted }),
    async token(scope = "agents:read agents:run") {
      const response = await fetch(`${url}/token`, {
        method: "POST",
        headers: { authorization: `Basic ${btoa(`${CLIENT.id}:${CLIENT.secret}`)}` },
        body: new URLSearchParams({ grant_type: "client_credentials", resource: RESOURCE, scope }),
      });
      const body = (await response.json()) as { access_token?: string };
      if (body.access_token === undefined) throw new Error(`no token: ${JSON.stringify(body)}`);
      return body.access_token;
    },
    addKey: () => publish([createSigningKey(), ...keys]),
    dropOldKeys: () => publish(keys.slice(0, 1)),
    imposter: () => createTestKey("ES256", { kid: keys[0]?.kid }),
    async goDown() {
      servers.delete(server);
      await close(server);
    },
    async comeBack() {
      server = await listenAt(port);
    },
  };
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

type SigningKey = JsonWebKey & { readonly kid: string };

function createSigningKey(): SigningKey {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return { ...privateKey.export({ format: "jwk" }), kid: randomUUID(), alg: "ES256", use: "sig" };
}

function configure(keys: readonly SigningKey[]): object {
  return {
    jwks: { keys },
    clients: [
      {
        client_id: CLIENT.id,
        client_secret: CLIENT.secret,
        grant_types: ["client_credentials"],
        redirect_uris: [],
        response_types: [],
        // Not used; the default would need an RSA key.
        id_token_signed_response_alg: "ES256",
      },
    ],
    scopes: SCOPES.split(" "),
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: () => ({
          scope: SCOPES,
          audience: RESOURCE,
          accessTokenTTL: 4 * 3_600,
          accessTokenFormat: "jwt",
          jwt: { sign: { alg: "ES256" } },
        }),
      },
    },
  };
}
