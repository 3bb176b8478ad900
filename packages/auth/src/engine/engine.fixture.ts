/** An engine over the verifier of the tests, and routes to ask it about. */
import { SERVED_ROUTES } from "@agentos/contract";
import { signToken } from "@agentos/testkit";
import { compileRoutes, type RouteAccessDefinition } from "../decide/compile-route.ts";
import type { AuthPolicy, CredentialLocation } from "../policy/policy.ts";
import { codeOf, setUpVerifier, sha256, TEST_POLICY } from "../token/verifier.fixture.ts";
import type { TokenVerifier } from "../token/verify-token.ts";
import type { Authenticator } from "./authenticator.ts";
import { createAuthenticators } from "./authenticators.ts";
import { createAuthEngine } from "./engine.ts";
import type { RevocationCheck } from "./revocation-check.ts";

export const setup = await setUpVerifier({ algorithm: "RS256", kid: "k1" });
export const token = await signToken(setup.good);
export const SECURITY_KEY = "a-security-key-of-some-length-1234";

type TokenSource = "header" | "cookie" | "both";

/** A policy with what tests may want to change about it, and what verifies its credentials. */
export interface EngineSetup extends Partial<Omit<AuthPolicy, "credentialLocations">> {
  readonly tokenSource?: TokenSource;
  readonly tokenHeaderName?: string;
  readonly verifier?: TokenVerifier | undefined;
  readonly securityKey?: string | undefined;
  readonly sha256?: (text: string) => string;
  /** Put before those of the mode. */
  readonly authenticators?: readonly Authenticator[];
  readonly revocation?: RevocationCheck;
}

type Headers = Readonly<Record<string, string>>;

export function engineWith(options: EngineSetup = {}) {
  const {
    tokenSource = "header",
    tokenHeaderName = "Authorization",
    securityKey,
    revocation,
    ...rest
  } = options;
  const { verifier, sha256: digest = sha256, authenticators = [], ...changed } = rest;
  const policy: AuthPolicy = {
    ...TEST_POLICY,
    hasSecurityKey: securityKey !== undefined,
    ...changed,
    credentialLocations: locate(changed.mode ?? "jwt", tokenSource, tokenHeaderName),
  };
  const ofMode = createAuthenticators({
    policy,
    verifier: "verifier" in options ? verifier : setup.verifier,
    securityKey,
    sha256: digest,
  });
  return createAuthEngine({ policy, authenticators: [...authenticators, ...ofMode], revocation });
}

function locate(mode: AuthPolicy["mode"], source: TokenSource, name: string): readonly CredentialLocation[] {
  if (mode === "security_key") return [{ in: "header", name: "Authorization" }];
  const header = { in: "header", name } as const;
  const cookie = { in: "cookie", name: "access_token" } as const;
  if (source === "both") return [header, cookie];
  return source === "header" ? [header] : [cookie];
}

export async function authenticate(headers: Headers, options: EngineSetup = {}, method = "GET") {
  return engineWith(options).authenticate({
    method,
    clientAddress: "127.0.0.1",
    header: (name) => headers[name] ?? null,
  });
}

export const codeFor = async (...given: Parameters<typeof authenticate>) =>
  codeOf(await authenticate(...given));

export function compile(definition: RouteAccessDefinition) {
  const options = { adminScope: "agent_os:admin", scopeMappings: {}, allowUnmappedRoutes: false };
  const [route] = compileRoutes({ definition }, options).routes;
  if (route === undefined) throw new Error("no route was compiled");
  return route;
}

export const RUN = compile(SERVED_ROUTES["agents.run"]);
export const LIST = compile(SERVED_ROUTES["agents.list"]);
