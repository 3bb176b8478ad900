/**
 * The engine of the control plane: the one that every AgentOS has, with sessions in the place of tokens, and with the role
 * that a person has in the organization that the path names.
 */
import {
  type AuthEngine,
  type AuthPolicy,
  createAuthEngine,
  DEFAULT_CLAIM_NAMES,
  fail,
  type Identity,
  ok,
  type RequestFacts,
  type Result,
  refuse,
} from "@agentos/auth";
import { ADMIN_SCOPE } from "@agentos/contract";
import { nameRolesWith } from "../people/roles/built-in-roles.ts";
import { actIn, asPerson, createSignedInPerson, membershipIn, type SignedIn } from "./signed-in-person.ts";
import { nameOwnPage } from "./stranger-gate.ts";

export interface EngineOptions {
  /** Name of the cookie that holds a session. */
  readonly cookieName: string;
  /** Whose session a cookie holds; undefined for one that is unknown, forged or over. */
  readonly readSession: (cookieValue: string) => Promise<SignedIn | undefined>;
}

/** What the engine asks of requests. A page of no other origin may act, whatever cookie comes with its requests. */
export function createControlPlanePolicy(cookieName: string): AuthPolicy {
  return {
    id: "control-plane",
    mode: "jwt",
    hasSecurityKey: false,
    enforcesScopes: true,
    isolatesUsers: false,
    adminScope: ADMIN_SCOPE,
    credentialLocations: [{ in: "cookie", name: cookieName }],
    allowedOrigins: [],
    claimNames: DEFAULT_CLAIM_NAMES,
    separatesIssuers: false,
    tokens: [{ issuer: undefined, audience: [], requiresExpiration: true, maxLifetimeSeconds: undefined }],
  };
}

/** Creates it. */
export function createControlPlaneEngine({ cookieName, readSession }: EngineOptions): AuthEngine {
  const engine = createAuthEngine({
    policy: createControlPlanePolicy(cookieName),
    authenticators: [
      {
        kind: "session",
        recognises: () => true,
        verify: async ({ value }) => {
          const signedIn = await readSession(value);
          return signedIn === undefined ? refuse("AUTH_SIGN_IN_ENDED") : ok(createSignedInPerson(signedIn));
        },
      },
    ],
  });

  async function authenticate(request: RequestFacts): Promise<Result<Identity>> {
    const authenticated = await engine.authenticate(request);
    if (authenticated.ok) return ok({ ...authenticated.value, address: request.clientAddress } as Identity);
    const { code } = authenticated.fault;
    return code === "AUTH_COOKIE_MISSING" || code === "AUTH_COOKIE_EMPTY"
      ? refuse("AUTH_SIGN_IN_REQUIRED")
      : fail(nameOwnPage(authenticated.fault));
  }

  return {
    ...engine,
    authenticate,
    authorize(identity, route, parameters) {
      const person = asPerson(identity);
      const organizationId = parameters["organization_id"];
      if (person === undefined || organizationId === undefined)
        return engine.authorize(identity, route, parameters);
      const membership = membershipIn(person, organizationId);
      const named = { subject: person.userId, issuer: person.issuer, owner: person.owner };
      // Of an organization that does not exist the same is said.
      if (membership === undefined) return fail({ code: "SCOPE_NOT_A_MEMBER", facts: {}, ...named });
      const authorized = engine.authorize(actIn(person, membership), route, parameters);
      if (authorized.ok || authorized.fault.code !== "SCOPE_MISSING") return authorized;
      const { facts } = authorized.fault;
      const missing = facts["missing_scopes"];
      return fail({
        ...authorized.fault,
        code: "SCOPE_ROLE_INSUFFICIENT",
        facts: {
          ...facts,
          role: membership.role.title,
          who_can: nameRolesWith(typeof missing === "object" ? missing : []),
        },
      });
    },
  };
}
