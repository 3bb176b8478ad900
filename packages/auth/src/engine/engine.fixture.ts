/** An engine over the verifier of the tests, and routes to ask it about. */
import { SERVED_ROUTES } from "@agentos/contract";
import { signToken } from "@agentos/testkit";
import { compileRoutes, type RouteAccessDefinition } from "../decide/compile-route.ts";
import { codeOf, setUpVerifier, sha256 } from "../token/verifier.fixture.ts";
import { type AuthEngineOptions, createAuthEngine } from "./engine.ts";

export const setup = await setUpVerifier({ algorithm: "RS256", kid: "k1" });
export const token = await signToken(setup.good);
export const SECURITY_KEY = "a-security-key-of-some-length-1234";

const DEFAULTS: AuthEngineOptions = {
  mode: "jwt",
  verifier: setup.verifier,
  isLoopbackOnly: false,
  enforcesScopes: true,
  isolatesUsers: false,
  adminScope: "agent_os:admin",
  userIdClaim: "sub",
  tokenSource: "header",
  tokenHeaderName: "Authorization",
  cookieName: "access_token",
  allowedOrigins: ["https://app.test"],
  sha256,
};

type Headers = Readonly<Record<string, string>>;

export const engineWith = (options: Partial<AuthEngineOptions> = {}) =>
  createAuthEngine({ ...DEFAULTS, ...options });

export async function authenticate(
  headers: Headers,
  options: Partial<AuthEngineOptions> = {},
  method = "GET",
) {
  return engineWith(options).authenticate({ method, header: (name) => headers[name] ?? null });
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
