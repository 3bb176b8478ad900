/** Refusals for missing scopes and isolation, and the way out that each prints. */
import {
  compileGrants,
  compileRoutes,
  decide,
  describeProblem,
  type RouteAccessDefinition,
} from "@agentos/auth";
import { ADMIN_SCOPE, customScope, type RefusalCode } from "@agentos/contract";
import { createAuthGuard, type GuardedRequest } from "@agentos/guard";
import { type Claims, goodToken, signToken } from "@agentos/testkit";
import type { FixRow, FixRows, Printed } from "./fix-row.ts";
import {
  callSigned,
  fix,
  good,
  ID,
  jwtOptions,
  key,
  now,
  otherKey,
  type World,
  withConfig,
} from "./world.ts";

const SHOP = { path: "/agents/shop" };
const world = async (claims: Claims, config: Parameters<typeof jwtOptions>[0] = {}): Promise<World> => ({
  options: jwtOptions(config),
  call: await callSigned(good(claims), SHOP),
});
const renewed = async (before: World, claims: Claims): Promise<World> => ({
  ...before,
  call: await callSigned(good(claims), before.call),
});

/** A token with these scopes lacks what the fix names, and has it afterwards. */
const lacking = (name: string, held: readonly string[], follows: RegExp) =>
  fix({
    name,
    wrong: () => world({ scopes: held }),
    follows,
    apply: (before, [scope = "", instead]) =>
      renewed(before, { scopes: [...held.filter((one) => one !== instead), scope] }),
  });

const RUN: Partial<NonNullable<World["call"]>> = {
  method: "POST",
  path: "/agents/shop/runs",
  body: "message=hi&stream=false",
};
/** A route that works on the data of the caller. */
const owned = async (claims: Claims, config: object = {}): Promise<World> => ({
  options: jwtOptions({ userIsolation: true, ...config }),
  call: await callSigned(good(claims), RUN),
});

/** No AgentOS starts with such a route: only a host that compiles its own has it. */
type Unmapped = Pick<Parameters<typeof compileRoutes>[1], "scopeMappings"> & {
  readonly route: RouteAccessDefinition;
};
const unmapped = (
  name: string,
  follows: RegExp,
  apply: (before: Unmapped, option: string) => Unmapped,
): FixRow => {
  const judge = ({ route, scopeMappings }: Unmapped) => {
    const options = { adminScope: ADMIN_SCOPE, allowUnmappedRoutes: false, scopeMappings };
    const [compiled] = compileRoutes({ route }, options).routes;
    if (compiled === undefined) throw new Error("one definition is one route");
    return decide(compileGrants([], ADMIN_SCOPE), compiled, {});
  };
  const row: FixRow<Unmapped> = {
    name,
    wrong: () => ({ route: { method: "GET", path: "/reports" }, scopeMappings: {} }),
    follows,
    apply: (before, [option = ""]) => apply(before, option),
    async observe(before) {
      const decision = judge(before);
      if (decision.isAllowed) return [];
      const refusal = { code: decision.code, facts: { missing_scopes: decision.missing } };
      const { code, fix: text } = describeProblem(refusal, { denialId: "den_1", cli: "agentos" });
      return [{ code, fix: text, place: "answer" } satisfies Printed];
    },
    async passes(after) {
      if (!judge(after).isAllowed) throw new Error("still refused");
    },
  };
  return row as FixRow;
};

/** A guard in an application that matches paths itself, and what it hands over of them. */
interface Guarded {
  readonly scope: string;
  /** Of the path that the application has matched. */
  readonly parameters: Readonly<Record<string, string>>;
}

async function checkGuarded({ scope, parameters }: Guarded) {
  const guard = await createAuthGuard({
    id: ID,
    env: {},
    authorization: true,
    authorizationConfig: { verificationKeys: [key.verificationKey] },
    logger: { error: () => undefined, warn: () => undefined, info: () => undefined },
  });
  try {
    const token = await signToken(good({ scopes: ["reports:q1:read"] }));
    const request: GuardedRequest = {
      method: "GET",
      clientAddress: "127.0.0.1",
      header: (name) => (name === "authorization" ? `Bearer ${token}` : null),
    };
    return await guard.protect([customScope(scope)]).check(request, parameters);
  } finally {
    guard.close();
  }
}

const guarded = (
  name: string,
  follows: RegExp,
  apply: (before: Guarded, groups: readonly string[]) => Guarded,
): FixRow => {
  const row: FixRow<Guarded> = {
    name,
    wrong: () => ({ scope: "reports:{id}:read", parameters: { report: "q1" } }),
    follows,
    apply,
    async observe(before) {
      const outcome = await checkGuarded(before);
      if (outcome.isAllowed) return [];
      const { code, fix: text } = JSON.parse(outcome.answer.body) as { code: string; fix: string };
      return [{ code, fix: text, place: "answer" }];
    },
    async passes(after) {
      if (!(await checkGuarded(after)).isAllowed) throw new Error("still refused");
    },
  };
  return row as FixRow;
};

export const scopeFixes = {
  SCOPE_MISSING: [
    lacking("for the whole resource", [], /^give the caller the scope "([\w:]+)", or just/),
    lacking("for the one item", ["teams:read"], /or just "([\w:]+)" for this item, then get a new token$/),
    lacking("misspelt", ["agent:read"], /the scope "([\w:]+)" instead of "(agent:read)"/),
    lacking("in other letters", ["Agents:Read"], /the scope "([\w:]+)" instead of "(Agents:Read)"/),
    lacking("with dots", ["agents.read"], /the scope "([\w:]+)" instead of "(agents\.read)"/),
    lacking("with a wildcard", ["agents:*"], /the scope "([\w:]+)" instead of "(agents:\*)"/),
    lacking(
      "in one entry with others",
      ["agents:read teams:read"],
      /the scope "([\w:]+)" as an entry of its own/,
    ),
    fix({
      name: "under another claim, by the operator",
      place: "record",
      wrong: () => world({ scopes: undefined, scope: "openid", realm_access: { roles: ["agents:read"] } }),
      follows: /set "(scopesClaim)" to (\[.*\]) on the server/,
      apply: (before, [option = "", list = ""]) =>
        withConfig(before, { [option]: JSON.parse(list) as unknown }),
    }),
    fix({
      name: "under another claim, by the issuer",
      place: "answer",
      wrong: () => world({ scopes: undefined, scope: "openid", realm_access: { roles: ["agents:read"] } }),
      follows:
        /^give the caller its scopes under the claim "(\w+)" \(the token has them under "realm_access.roles"/,
      apply: (before, [claim = ""]) => renewed(before, { scopes: undefined, [claim]: "openid agents:read" }),
    }),
  ],
  SCOPE_OTHER_RESOURCE: [
    lacking(
      "for the whole resource",
      ["agents:other:read"],
      /^give the caller the scope "([\w:]+)", or just/,
    ),
    lacking("for the one item", ["agents:other:read"], /or just "([\w:]+)" for this item/),
  ],
  SCOPE_OVER_CEILING: [
    fix({
      name: "by the ceiling",
      wrong: () => world({ scopes: ["agents:read"] }, { allowedScopes: ["teams:read"] }),
      follows: /^on the server, add ([\w:]+) to "(allowedScopes)" of this issuer/,
      apply: (before, [scope = "", option = ""]) => withConfig(before, { [option]: ["teams:read", scope] }),
    }),
    fix({
      name: "by another issuer",
      wrong: async () => ({
        options: {
          authorization: true,
          authorizationConfig: {
            issuers: [
              {
                issuer: "https://issuer.test",
                verificationKeys: [key.verificationKey],
                allowedScopes: ["teams:read"],
              },
              { issuer: "https://other.test", name: "other", verificationKeys: [otherKey.verificationKey] },
            ],
          },
        },
        call: await callSigned(good({ scopes: ["agents:shop:read"] }), SHOP),
      }),
      follows: /or get a token from another issuer, one that may grant ([\w:]+)$/,
      apply: async (before, [scope = ""]) => ({
        ...before,
        call: await callSigned(
          goodToken({ key: otherKey, now: now(), issuer: "https://other.test", scopes: [scope] }),
          SHOP,
        ),
      }),
    }),
  ],
  SCOPE_PARAMETER_MISSING: [
    guarded("by the path", /protect the route whose path has "(\w+)"/, (before, [parameter = ""]) => ({
      ...before,
      parameters: { [parameter]: "q1" },
    })),
    guarded("by the scope", /or correct the name in the scope "([^"]+)"/, (before, [scope = ""]) => ({
      ...before,
      scope: scope.replace("{id}", "{report}"),
    })),
  ],
  SCOPE_ROUTE_UNMAPPED: [
    unmapped("by the route", /^declare "(access)" on the route/, (before, option) => ({
      ...before,
      route: { ...before.route, [option]: "authenticated" },
    })),
    unmapped("by a rule", /or map it in "(scopeMappings)"$/, (before, option) => ({
      ...before,
      [option]: { "GET /reports": [] },
    })),
  ],
  AUTH_USER_REQUIRED: [
    fix({
      name: "by the issuer",
      wrong: () => owned({ sub: undefined }),
      follows: /^issue the token with the claim "(\w+)"$/,
      apply: (before, [claim = ""]) => renewed(before, { [claim]: "alice" }),
    }),
    fix({
      name: "that stands elsewhere, by the issuer",
      place: "answer",
      wrong: () => owned({ sub: undefined, uid: "alice" }),
      follows:
        /^issue the token with the claim "(\w+)" \(the token has it under "(\w+)", which this AgentOS does not read\)$/,
      apply: (before, [claim = ""]) => renewed(before, { [claim]: "alice" }),
    }),
    fix({
      name: "that stands elsewhere, by the operator",
      place: "record",
      wrong: () => owned({ sub: undefined, uid: "alice" }),
      follows: /set "(userIdClaim)" to "(\w+)" on the server/,
      apply: (before, [option = "", claim = ""]) => withConfig(before, { [option]: claim }),
    }),
  ],
} satisfies Partial<FixRows<RefusalCode>>;
