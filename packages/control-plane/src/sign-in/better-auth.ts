/**
 * The one file that knows better-auth: its settings, and what we call of it. Nothing of its own routes is mounted, and the
 * requests that it sees are made here. Where its defaults are wrong for us the line says so (console.md section 4).
 */

import { createAdapterFactory } from "better-auth/adapters";
import { createAuthEndpoint } from "better-auth/api";
import { hashPassword, verifyPassword } from "better-auth/crypto";
import { betterAuth } from "better-auth/minimal";
import { type BetterAuthOptions } from "better-auth/types";
import { z } from "zod";
import type { Change, ControlPlaneStore } from "../store/control-plane-store.ts";
import { createTurns } from "../store/create-turns.ts";
import { reject } from "../store/rejected.ts";
import { pageOriginOf } from "./page-origin.ts";
import { type Condition, createSessionTables, SESSION_SECONDS } from "./session-tables.ts";
import { keepFault, runSignInCall, type SignInCall, type SignInMeans } from "./sign-in-call.ts";

export interface BetterAuthSettings {
  readonly store: ControlPlaneStore;
  /** Address of the control plane as browsers know it. */
  readonly publicUrl: URL;
  /** 32 random bytes or more, as text; it signs the cookies. */
  readonly secret: string;
  /** Seconds since the epoch: the clock of the store. */
  readonly now: () => number;
}

/** Who signs in, and from where. */
export interface PasswordSignIn {
  readonly email: string;
  readonly password: string;
  /** Origin and browser are read of it, and nothing else is handed on. */
  readonly request: Request;
  readonly address: string | undefined;
}

export interface BegunSession {
  readonly sessionId: string;
  readonly personId: string;
  /** The value of `Set-Cookie`. */
  readonly cookie: string;
}

export type PasswordOutcome = BegunSession | "refused" | "throttled" | "cross-site";

/** A session that stands in a change, and has no cookie yet: the change may be rolled back. */
export interface PendingSession {
  readonly sessionId: string;
  readonly personId: string;
  readonly token: string;
}

export interface Sessions {
  readonly cookieName: string;
  /** The value of `Set-Cookie` that makes a browser forget the session. */
  readonly clearingCookie: string;
  signInWithPassword(signIn: PasswordSignIn): Promise<PasswordOutcome>;
  /** Begins a session within a change, for whoever has shown who they are by other means. */
  begin(change: Change, session: NewSession): Promise<PendingSession>;
  /** Signs the cookie of a session, once its change is kept. */
  issueCookie(session: PendingSession): Promise<string>;
  /** Id of the session of a cookie; undefined for one that is forged, unknown or over. */
  findSession(cookieValue: string): Promise<string | undefined>;
  hashPassword(password: string): Promise<string>;
  verifyPassword(password: string, hash: string): Promise<boolean>;
}

export interface NewSession {
  readonly personId: string;
  readonly by: SignInMeans;
  /** Who made the link; null for one of the machine. */
  readonly linkMadeBy: string | null;
  readonly address: string | undefined;
  readonly userAgent: string | null;
}

/** Only we set it; what a client sends under this name is not handed on. */
const ADDRESS_HEADER = "x-agentos-client-address";
const BASE_PATH = "/better-auth";
/** What its checks of the origin read. Cookies of the client stay away: whoever signs in is nobody yet. */
const HANDED_ON = ["sec-fetch-site", "sec-fetch-mode", "sec-fetch-dest", "user-agent"];
/** Its own throttle, by address, behind ours: right passwords count too. */
export const SIGN_INS_PER_MINUTE = 60;

/** Slow on purpose, and on the threads that also sign tokens and verify cookies: half of the four stay free. */
const HASHES_AT_ONCE = 2;
const HASHES_WAITING = 20;

/** Makes and compares hashes of passwords, in turn. Rejects with SIGN_IN_BUSY. */
function createPasswordHashes(): PasswordHashes {
  const takeTurn = createTurns({
    running: HASHES_AT_ONCE,
    waiting: HASHES_WAITING,
    refuse: () => reject("SIGN_IN_BUSY", { limit: HASHES_WAITING }),
  });
  // What better-auth calls of them it answers for by itself: the reason would be lost.
  return {
    hash: (password) => keepFault(takeTurn(() => hashPassword(password))),
    verify: (compared) => keepFault(takeTurn(() => verifyPassword(compared))),
  };
}

interface PasswordHashes {
  readonly hash: (password: string) => Promise<string>;
  readonly verify: (compared: { readonly hash: string; readonly password: string }) => Promise<boolean>;
}

/** Its settings. Exported for the test that holds our tables against what it expects. */
export function createBetterAuthOptions(
  { store, publicUrl, secret, now }: BetterAuthSettings,
  passwords: PasswordHashes = createPasswordHashes(),
) {
  const { name, attributes } = nameSessionCookie(publicUrl);
  return {
    appName: "AgentOS",
    baseURL: publicUrl.origin,
    basePath: BASE_PATH,
    trustedOrigins: [publicUrl.origin],
    // As a list, since a list in the environment would win over a single one. The built-in secret is never reached.
    secrets: [{ version: 1, value: secret }],
    database: createAdapter(store, now),
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: 12,
      maxPasswordLength: 128,
      password: passwords,
    },
    user: {
      ...USER,
      changeEmail: { enabled: false },
      deleteUser: { enabled: false },
    },
    session: {
      ...SESSION,
      expiresIn: SESSION_SECONDS,
      disableSessionRefresh: true,
      // A session that was ended would live on in the cookie.
      cookieCache: { enabled: false },
    },
    account: { ...ACCOUNT, accountLinking: { enabled: false } },
    verification: VERIFICATION,
    rateLimit: {
      ...RATE_LIMIT,
      enabled: true,
      storage: "database",
      customRules: { "/sign-in/email": { window: 60, max: SIGN_INS_PER_MINUTE } },
    },
    telemetry: { enabled: false },
    logger: { disabled: true },
    // Else what a query throws is printed, and answered as 500. Its refusals stay answers.
    onAPIError: { throw: true },
    advanced: {
      // Written out: where NODE_ENV is "test" both checks switch themselves off, and tests of attacks would prove nothing.
      disableOriginCheck: false,
      disableCSRFCheck: false,
      ipAddress: { ipAddressHeaders: [ADDRESS_HEADER] },
      // The prefix of the name is ours: `__Host-` is stricter than its own.
      useSecureCookies: false,
      cookies: { session_token: { name, attributes } },
      database: { generateId: "uuid" },
    },
    plugins: [cookieIssuer],
  } as const satisfies BetterAuthOptions;
}

/** `__Host-`: no sibling domain and no other path can plant one. Without https there is no such cookie. */
export function nameSessionCookie({ protocol, port }: URL) {
  const isSecure = protocol === "https:";
  // Cookies do not heed ports: two control planes of one machine would sign each other out.
  const base = port === "" ? "agentos_session" : `agentos_session_${port}`;
  return {
    name: isSecure ? `__Host-${base}` : base,
    // Strict: no page of anybody else's sends it. Links are redeemed by our own page, so they work all the same.
    attributes: { httpOnly: true, secure: isSecure, sameSite: "strict", path: "/" },
  } as const;
}

/** Creates it. */
export function createSessions(settings: BetterAuthSettings): Sessions {
  const { publicUrl } = settings;
  const passwords = createPasswordHashes();
  const auth = betterAuth(createBetterAuthOptions(settings, passwords));
  const { name: cookieName, attributes } = nameSessionCookie(publicUrl);

  /** Errors of the database come out as they are, whatever better-auth makes of them. */
  async function call<Result>(facts: SignInCall, work: () => Promise<Result>): Promise<Result> {
    try {
      return await runSignInCall(facts, work);
    } catch (cause) {
      throw facts.fault ?? cause;
    }
  }

  return {
    cookieName,
    clearingCookie: `${cookieName}=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict${attributes.secure ? "; Secure" : ""}`,
    async signInWithPassword({ email, password, request, address }) {
      const facts: SignInCall = { by: "password", address };
      const response = await call(facts, () =>
        auth.handler(
          new Request(new URL(`${BASE_PATH}/sign-in/email`, publicUrl), {
            method: "POST",
            headers: handOn(request, { address, own: publicUrl.origin }),
            body: JSON.stringify({ email, password }),
          }),
        ),
      );
      if (response.status === 401 || response.status === 400) return "refused";
      if (response.status === 403) return "cross-site";
      if (response.status === 429) return "throttled";
      const cookie = response.headers.getSetCookie().find((text) => text.startsWith(`${cookieName}=`));
      if (response.status !== 200 || cookie === undefined || facts.begun === undefined)
        throw facts.fault ?? new Error(`better-auth has answered a sign-in with ${response.status}`);
      return { ...facts.begun, cookie };
    },
    async begin(change, { personId, by, linkMadeBy, address, userAgent }) {
      const facts: SignInCall = { by, linkMadeBy, address, change };
      const { internalAdapter } = await auth.$context;
      const session = await call(facts, () =>
        internalAdapter.createSession(personId, false, { userAgent: userAgent ?? "" }),
      );
      return { sessionId: session.id, personId, token: session.token };
    },
    async issueCookie({ token }) {
      const { headers } = await auth.api.issueCookie({ body: { token }, returnHeaders: true });
      const [cookie] = headers.getSetCookie();
      if (cookie === undefined) throw new Error("INVARIANT: a session has a cookie");
      return cookie;
    },
    async findSession(cookieValue) {
      const headers = new Headers({ cookie: `${cookieName}=${cookieValue}` });
      const found = await call({ by: undefined, address: undefined }, () => auth.api.getSession({ headers }));
      return found?.session.id;
    },
    hashPassword: (password) => passwords.hash(password),
    verifyPassword: (password, hash) => passwords.verify({ password, hash }),
  };
}

interface Client {
  readonly address: string | undefined;
  /** Our own origin. */
  readonly own: string;
}

function handOn(request: Request, { address, own }: Client): Headers {
  const headers = new Headers({ "content-type": "application/json" });
  for (const name of HANDED_ON) {
    const value = request.headers.get(name);
    if (value !== null) headers.set(name, value);
  }
  // It wants an origin from every browser. One that says nothing else of a page of this site says that much.
  const isOwn = request.headers.get("sec-fetch-site") === "same-origin";
  const origin = pageOriginOf(request) ?? (isOwn ? own : undefined);
  if (origin !== undefined) headers.set("origin", origin);
  if (address !== undefined) headers.set(ADDRESS_HEADER, address);
  return headers;
}

/** Signs a cookie. For the server alone: no request reaches it. */
const cookieIssuer = {
  id: "agentos-cookie",
  endpoints: {
    issueCookie: createAuthEndpoint(
      "/agentos/cookie",
      { method: "POST", body: z.object({ token: z.string() }), metadata: { SERVER_ONLY: true } },
      async (context) => {
        const { sessionToken } = context.context.authCookies;
        const cookie = { ...sessionToken.attributes, maxAge: SESSION_SECONDS };
        await context.setSignedCookie(sessionToken.name, context.body.token, context.context.secret, cookie);
      },
    ),
  },
} as const;

function createAdapter(store: ControlPlaneStore, now: () => number) {
  const tables = createSessionTables(store);
  // It reads the clock of the machine, and we one that is passed in: what is left of a session is the same on both.
  const toOurs = (date: Date) => now() + (date.getTime() - Date.now()) / 1_000;
  const toTheirs = (seconds: number) => new Date(Date.now() + (seconds - now()) * 1_000);
  return createAdapterFactory({
    config: {
      adapterId: "agentos",
      supportsBooleans: false,
      supportsUUIDs: false,
      customTransformInput: ({ data }: { readonly data: unknown }) =>
        data instanceof Date ? toOurs(data) : data,
      customTransformOutput: ({ data, fieldAttributes }: Output) =>
        fieldAttributes.type === "date" && typeof data === "number" ? toTheirs(data) : data,
    },
    adapter: () => ({
      // The rows are its own: what it wrote, in the shape of its own tables.
      create: async ({ model, data }) => (await keepFault(tables.create(model, data))) as typeof data,
      findOne: async <Row>({ model, where }: { model: string; where: Condition[] }) =>
        ((await keepFault(tables.findMany(model, where, 1)))[0] ?? null) as Row | null,
      findMany: async <Row>({ model, where = [], limit }: Finding) =>
        [...(await keepFault(tables.findMany(model, where, limit)))] as Row[],
      incrementOne: async <Row>({ model, where, increment, set = {} }: Counting) =>
        (await keepFault(tables.increment(model, where, { by: increment, set }))) as Row | null,
      delete: async ({ model, where }) => {
        await keepFault(tables.delete(model, where));
      },
      deleteMany: ({ model, where }) => keepFault(tables.delete(model, where)),
      update: ({ model }) => refuse("update", model),
      updateMany: ({ model }) => refuse("update", model),
      count: ({ model }) => refuse("count", model),
    }),
  });
}

interface Output {
  readonly data: unknown;
  readonly fieldAttributes: { readonly type: unknown };
}

interface Finding {
  readonly model: string;
  readonly where?: Condition[] | undefined;
  readonly limit: number;
}

interface Counting {
  readonly model: string;
  readonly where: Condition[];
  readonly increment: Record<string, number>;
  readonly set?: Record<string, unknown> | undefined;
}

function refuse(act: string, model: string): Promise<never> {
  return Promise.reject(new Error(`INVARIANT: better-auth does not ${act} ${model}`));
}

/** Its names, and ours. */
const TIMES = { createdAt: "created_at", updatedAt: "updated_at" } as const;
const USER = {
  modelName: "agentos_cp_persons",
  fields: { ...TIMES, emailVerified: "email_verified" },
} as const;
const SESSION = {
  modelName: "agentos_cp_sign_ins",
  fields: {
    ...TIMES,
    userId: "person_id",
    expiresAt: "expires_at",
    ipAddress: "address",
    userAgent: "user_agent",
  },
} as const;
const ACCOUNT = {
  modelName: "agentos_cp_accounts",
  fields: {
    ...TIMES,
    userId: "person_id",
    accountId: "account_id",
    providerId: "provider_id",
    accessToken: "access_token",
    refreshToken: "refresh_token",
    idToken: "id_token",
    accessTokenExpiresAt: "access_token_expires_at",
    refreshTokenExpiresAt: "refresh_token_expires_at",
  },
} as const;
const VERIFICATION = {
  modelName: "agentos_cp_verifications",
  fields: { ...TIMES, expiresAt: "expires_at" },
} as const;
const RATE_LIMIT = {
  modelName: "agentos_cp_rate_limits",
  fields: { lastRequest: "last_request" },
} as const;
