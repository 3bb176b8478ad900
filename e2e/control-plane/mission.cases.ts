// LENGTH: one table; its cells are read side by side.
/**
 * The situations of Agno's page "Authorization Failed", each on our server and on the Python-like one of three versions.
 * A cell says how the server is set up wrongly, what is sent, which cause has to stand first, and what each way out that
 * it names does; where a situation cannot come about, it says why, and proves it where there is something to show.
 */
import type { Request, ServerSpec, Standalone, Switches } from "./support/mission-world.ts";
import { SECURITY_KEY } from "./support/mission-world.ts";

export const SERVERS = ["ours", "2.3.12", "2.3.13", "2.9.0"] as const;
export type ServerName = (typeof SERVERS)[number];

/** What a cell is made with. */
export interface Given {
  /** Public half of the key of the control plane for this instance. */
  readonly pem: string;
  readonly standalone: Standalone;
}

/** One way out, as the cause names it. */
export interface Fix {
  /** What of the fix or of the choices says so. */
  readonly follows: RegExp;
  readonly server?: (given: Given) => ServerSpec;
  readonly switches?: Switches;
  /** Where the way out is to send something else. */
  readonly request?: (given: Given) => Promise<Request> | Request;
}

export interface Cell {
  readonly server: (given: Given) => ServerSpec;
  /** Default: authorization alone. */
  readonly switches?: Switches;
  readonly request: (given: Given) => Promise<Request> | Request;
  readonly code: string;
  readonly certainty: "certain" | "likely";
  readonly fixes: readonly Fix[];
}

/** The situation does not come about. */
export interface NoCell {
  readonly cannot: string;
  /** The same mistake, and what it leads to instead. */
  readonly instead?: {
    readonly server: (given: Given) => ServerSpec;
    /** `accepted`: the request passes; otherwise the code that stops the start. */
    readonly gives: "accepted" | `KEY_${string}`;
  };
}

export type Situation = Readonly<Record<ServerName, Cell | NoCell>>;

const AUTHORIZATION: Switches = { authorization: true, security_key: false };
const BOTH: Switches = { authorization: true, security_key: true };
const KEY_ONLY: Switches = { authorization: false, security_key: true };
const NO_TOKENS: NoCell = {
  cannot: "before 2.3.13 there is only the security key: no token, no key, no scope",
};
const agents: Request = { path: "/agents", sends: { kind: "minted" } };
const withKey: Request = { path: "/agents", sends: { kind: "security-key" } };

type Ours = Extract<ServerSpec, { ours: unknown }>["ours"];
const ours =
  (make: (given: Given) => Ours) =>
  (given: Given): ServerSpec => ({ ours: { authorization: true, ...make(given) } });
const trusting = ours(({ pem }) => ({ env: { JWT_VERIFICATION_KEY: pem } }));

type Python = Extract<ServerSpec, { python: unknown }>["python"];
const python =
  (version: string, make: (given: Given) => Partial<Python>) =>
  (given: Given): ServerSpec => ({ python: { mode: "jwt", version, publicPem: given.pem, ...make(given) } });
const plain = (version: string) => python(version, () => ({}));

/** The same for the versions that verify tokens. */
const withTokens = (make: (version: string) => Cell) => ({
  "2.3.12": NO_TOKENS,
  "2.3.13": make("2.3.13"),
  "2.9.0": make("2.9.0"),
});

/** What becomes of a PEM on its way through an environment variable. */
const MANGLED: Readonly<Record<string, (pem: string) => string>> = {
  "on one line": (pem) => pem.replaceAll("\n", ""),
  "with spaces for its line ends": (pem) => pem.trim().replaceAll("\n", " "),
  "with \\n for its line ends": (pem) => pem.trim().replaceAll("\n", "\\n"),
  "in quotes": (pem) => JSON.stringify(pem.trim()),
  "without its header": (pem) => pem.split("\n").slice(1, -2).join("\n"),
};

function mangled(mangle: (pem: string) => string): Situation {
  return {
    ours: {
      cannot: "the key doctor repairs it when the server starts, and the policy says so",
      instead: {
        server: ours(({ pem }) => ({ env: { JWT_VERIFICATION_KEY: mangle(pem) } })),
        gives: "accepted",
      },
    },
    ...withTokens((version) => ({
      server: python(version, ({ pem }) => ({ publicPem: mangle(pem) })),
      request: () => agents,
      code: "INSTANCE_KEY_MANGLED",
      certainty: "certain",
      fixes: [{ follows: /set JWT_VERIFICATION_KEY .* lines of its configuration/, server: plain(version) }],
    })),
  };
}

const otherKey = (wrong: (given: Given) => ServerSpec, right: (given: Given) => ServerSpec): Cell => ({
  server: wrong,
  request: () => agents,
  code: "INSTANCE_KEY_OTHER",
  certainty: "likely",
  fixes: [
    { follows: /give the instance its keys as the lines .* start every server of it again/, server: right },
  ],
});

export const SITUATIONS: Readonly<Record<string, Situation>> = {
  "401, algorithm mismatch, tokens of the control plane": {
    ours: {
      server: ours(({ standalone }) => ({
        authorizationConfig: { verificationKeys: [standalone.secret.verificationKey], algorithm: "HS256" },
      })),
      request: () => agents,
      code: "INSTANCE_ALGORITHM_OTHER",
      certainty: "certain",
      fixes: [{ follows: /set "algorithm" to "RS256" .*, or leave it out/, server: trusting }],
    },
    ...withTokens((version) => ({
      server: python(version, () => ({ algorithm: "HS256" })),
      request: () => agents,
      code: "INSTANCE_ALGORITHM_OTHER",
      certainty: "certain",
      fixes: [{ follows: /set "algorithm" to "RS256" .*, or leave it out/, server: plain(version) }],
    })),
  },

  "401, algorithm mismatch, tokens of one's own": {
    ours: {
      server: ours(({ standalone }) => ({
        authorizationConfig: { verificationKeys: [standalone.pair.verificationKey] },
      })),
      request: async ({ standalone }) => ({
        path: "/agents",
        sends: { kind: "token", token: await standalone.sign("HS256") },
      }),
      code: "AUTH_HMAC_TOKEN_FOR_PUBLIC_KEY",
      certainty: "certain",
      fixes: [
        {
          follows: /give the server the secret .* with "algorithm" set to "HS256"/,
          server: ours(({ standalone }) => ({
            authorizationConfig: {
              verificationKeys: [standalone.secret.verificationKey],
              algorithm: "HS256",
            },
          })),
        },
        {
          follows: /sign with the private key that belongs to the server's public key/,
          request: async ({ standalone }) => ({
            path: "/agents",
            sends: { kind: "token", token: await standalone.sign("RS256") },
          }),
        },
      ],
    },
    ...withTokens((version) => ({
      server: python(version, ({ standalone }) => ({ publicPem: standalone.pair.verificationKey })),
      request: async ({ standalone }) => ({
        path: "/agents",
        sends: { kind: "token", token: await standalone.sign("HS256") },
      }),
      code: "AUTH_HMAC_TOKEN_FOR_PUBLIC_KEY",
      certainty: "likely",
      fixes: [
        {
          follows: /give the server the secret .* with "algorithm" set to "HS256"/,
          server: python(version, ({ standalone }) => ({
            secret: standalone.secret.verificationKey,
            algorithm: "HS256",
          })),
        },
      ],
    })),
  },

  ...Object.fromEntries(
    Object.entries(MANGLED).map(([name, mangle]) => [`401, the PEM ${name}`, mangled(mangle)]),
  ),

  "401, the path of a file in the place of the PEM": {
    ours: {
      cannot: "the start stops with the cause, so no request is ever refused for it",
      instead: {
        server: ours(() => ({ env: { JWT_VERIFICATION_KEY: "/etc/keys/public.pem" } })),
        gives: "KEY_FILE_PATH",
      },
    },
    ...withTokens((version) => ({
      server: python(version, () => ({ publicPem: "/etc/keys/public.pem" })),
      request: () => agents,
      code: "INSTANCE_KEY_MANGLED",
      certainty: "certain",
      fixes: [{ follows: /set JWT_VERIFICATION_KEY .* lines of its configuration/, server: plain(version) }],
    })),
  },

  "401 on some machines: they have another key": {
    ours: otherKey(
      ours(({ standalone }) => ({ env: { JWT_VERIFICATION_KEY: standalone.pair.verificationKey } })),
      trusting,
    ),
    ...withTokens((version) =>
      otherKey(
        python(version, ({ standalone }) => ({ publicPem: standalone.pair.verificationKey })),
        plain(version),
      ),
    ),
  },

  "403, a scope that is not in the token": {
    ours: scopeLeftOut(trusting),
    ...withTokens((version) => scopeLeftOut(plain(version))),
  },

  "403, an access prerequisite": {
    ours: prerequisite(
      ours(({ standalone }) => ({
        authorizationConfig: { verificationKeys: [standalone.pair.verificationKey] },
      })),
    ),
    ...withTokens((version) =>
      prerequisite(python(version, ({ standalone }) => ({ publicPem: standalone.pair.verificationKey }))),
    ),
  },

  "403, a scope that the role does not give": {
    ours: {
      server: trusting,
      request: () => ({ path: "/authz/policy", sends: { kind: "minted" } }),
      code: "TOKEN_ROLE_INSUFFICIENT",
      certainty: "certain",
      fixes: [
        {
          follows: /ask an Owner or Administrator to do it/,
          request: () => ({ path: "/authz/policy", sends: { kind: "minted", by: "owner" } }),
        },
      ],
    },
    "2.3.12": NO_TOKENS,
    "2.3.13": { cannot: "every route that it has is open to a Member" },
    "2.9.0": { cannot: "every route that it has is open to a Member" },
  },

  "403, a scope that this instance alone asks for": {
    ours: {
      server: ours(({ pem }) => ({
        env: { JWT_VERIFICATION_KEY: pem },
        authorizationConfig: { scopeMappings: { "GET /config": ["config:read", "knowledge:delete"] } },
      })),
      request: () => ({ path: "/config", sends: { kind: "minted" } }),
      code: "TOKEN_ROLE_INSUFFICIENT",
      certainty: "likely",
      fixes: [
        {
          follows: /ask an Owner or Administrator to do it, or .* a role that has knowledge:delete/,
          request: () => ({ path: "/config", sends: { kind: "minted", by: "owner" } }),
        },
      ],
    },
    "2.3.12": NO_TOKENS,
    "2.3.13": { cannot: "it has no rules of its own over those of its routes" },
    "2.9.0": { cannot: "the server of the tests has no rules of its own over those of its routes" },
  },

  "both switches on, a token is sent": {
    ours: {
      cannot: "beside tokens our server accepts no security key, so a token is the right thing to send",
    },
    "2.3.12": {
      server: python("2.3.12", () => ({ securityKey: SECURITY_KEY })),
      switches: BOTH,
      request: () => agents,
      code: "INSTANCE_VERSION_WITHOUT_JWT",
      certainty: "likely",
      fixes: [
        { follows: /Upgrade the AgentOS: upgrade it to 2\.3\.13 or later/, server: plain("2.3.13") },
        {
          follows: /switch Authorization off and use the security key/,
          switches: KEY_ONLY,
          request: () => withKey,
        },
      ],
    },
    "2.3.13": tokenForKey("2.3.13"),
    "2.9.0": tokenForKey("2.9.0"),
  },

  "both switches on, the security key is sent": {
    ours: keyForTokens({
      both: ours(({ pem }) => ({ env: { JWT_VERIFICATION_KEY: pem, OS_SECURITY_KEY: SECURITY_KEY } })),
      tokens: trusting,
      key: () => ({ ours: { env: { OS_SECURITY_KEY: SECURITY_KEY } } }),
    }),
    "2.3.12": { cannot: "before 2.3.13 the security key is the right thing to send, whatever else is set" },
    "2.3.13": keyForPython("2.3.13"),
    "2.9.0": keyForPython("2.9.0"),
  },
};

function scopeLeftOut(server: Cell["server"]): Cell {
  return {
    server,
    request: () => ({ path: "/agents", sends: { kind: "minted", scopes: ["config:read"] } }),
    code: "TOKEN_SCOPE_LEFT_OUT",
    certainty: "certain",
    fixes: [
      { follows: /get a new token without a choice of "scopes"/, request: () => agents },
      {
        follows: /or with agents:read among them/,
        request: () => ({
          path: "/agents",
          sends: { kind: "minted", scopes: ["config:read", "agents:read"] },
        }),
      },
    ],
  };
}

function prerequisite(server: Cell["server"]): Cell {
  const config = async ({ standalone }: Given, scopes: readonly string[]): Promise<Request> => ({
    path: "/config",
    sends: { kind: "token", token: await standalone.sign("RS256", scopes) },
  });
  return {
    server,
    request: (given) => config(given, ["agents:read"]),
    code: "SCOPE_PREREQUISITE_MISSING",
    certainty: "certain",
    fixes: [
      {
        follows: /give the caller the scope "config:read" as well/,
        request: (given) => config(given, ["agents:read", "config:read"]),
      },
    ],
  };
}

/** On a version that verifies tokens, and was given its security key alone. */
function tokenForKey(version: string): Cell {
  const withSecurityKey = python(version, () => ({ mode: "security_key", securityKey: SECURITY_KEY }));
  return {
    server: withSecurityKey,
    switches: BOTH,
    request: () => agents,
    code: "INSTANCE_BOTH_SWITCHES_ON",
    certainty: "likely",
    fixes: [
      {
        follows: /Use Authorization \(JWT\) only.*unset OS_SECURITY_KEY/,
        switches: AUTHORIZATION,
        server: plain(version),
      },
      {
        follows: /Use the security key only.*switch Authorization off here/,
        switches: KEY_ONLY,
        request: () => withKey,
      },
    ],
  };
}

interface Set {
  readonly both: Cell["server"];
  readonly tokens: Cell["server"];
  readonly key: Cell["server"];
}

function keyForTokens({ both, tokens, key }: Set): Cell {
  return {
    server: both,
    switches: BOTH,
    request: () => withKey,
    code: "INSTANCE_BOTH_SWITCHES_ON",
    certainty: "likely",
    fixes: [
      { follows: /Use the security key only.*unset JWT_VERIFICATION_KEY/, switches: KEY_ONLY, server: key },
      {
        follows: /Use Authorization \(JWT\) only.*unset OS_SECURITY_KEY/,
        switches: AUTHORIZATION,
        server: tokens,
        request: () => agents,
      },
    ],
  };
}

function keyForPython(version: string): Cell {
  return keyForTokens({
    both: python(version, () => ({ securityKey: SECURITY_KEY })),
    tokens: plain(version),
    key: python(version, () => ({ mode: "security_key", securityKey: SECURITY_KEY })),
  });
}
