// The shapes of Fastify; examples/fastify-guard runs the real one.

import { customScope } from "@agentos/contract";
import { createTestIssuer, createTestLogger, TEST_OS_ID } from "@agentos/testkit";
import { describe, expect, it } from "vitest";
import { createAuthGuard } from "../gate/auth-guard.ts";
import { accessOf, protect } from "./fastify.ts";

const issuer = await createTestIssuer();
const guard = await createAuthGuard({
  id: TEST_OS_ID,
  env: {},
  logger: createTestLogger(),
  authorizationConfig: { verificationKeys: [issuer.verificationKey] },
});
const hook = protect(guard, [customScope("reports:{id}:read")]);
const ofOrders = protect(guard, [customScope("orders:{order_id}:read")]);

interface Sent {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** Runs the hook as Fastify does: what it sent, or the request that goes on to the handler. */
async function run(rawHeaders: readonly string[], params: unknown = { id: "q1" }, hooked = hook) {
  let sent: Sent | undefined;
  const reply = {
    code: (status: number) => ({
      headers: (headers: Record<string, string>) => ({
        send(body: string) {
          sent = { status, headers, body };
          return reply;
        },
      }),
    }),
  };
  const request = {
    raw: { method: "GET", rawHeaders: [...rawHeaders], socket: { remoteAddress: "203.0.113.9" } },
    params,
  };
  const returned = await hooked(request, reply);
  // Fastify goes on to the handler when a hook gives nothing back.
  const goesOn = returned === undefined;
  return { request, goesOn, sent, code: sent && (JSON.parse(sent.body) as { code: string }).code };
}

describe("protect, as a Fastify hook", () => {
  it("lets the handler run for the item that is granted, and for no other", async () => {
    const { authorization } = await issuer.bearer({ scopes: ["reports:q1:read"] });
    const allowed = await run(["Authorization", authorization]);
    expect([allowed.goesOn, allowed.sent]).toEqual([true, undefined]);
    expect(accessOf(allowed.request).identity.userId).toBe("alice");
    const refused = await run(["Authorization", authorization], { id: "q2" });
    expect([refused.goesOn, refused.sent?.status, refused.code]).toEqual([
      false,
      403,
      "SCOPE_OTHER_RESOURCE",
    ]);
    expect(() => accessOf(refused.request)).toThrow("not protected");
  });

  it("answers with challenge, media type and a record that names the socket's address", async () => {
    const { sent, code } = await run(["Accept", "application/problem+json"]);
    expect([sent?.status, code]).toEqual([401, "AUTH_HEADER_MISSING"]);
    expect(sent?.headers).toMatchObject({
      "content-type": "application/problem+json",
      "www-authenticate": 'Bearer realm="agentos"',
    });
    const { denial_id: id } = JSON.parse(sent?.body ?? "{}") as { denial_id: string };
    expect((await guard.denials.find(id, { kind: "all" }))?.client).toBe("203.0.113.9");
  });

  it("refuses two Authorization headers, in any spelling", async () => {
    const { authorization } = await issuer.bearer({ scopes: ["reports:read"] });
    expect((await run(["AUTHORIZATION", authorization])).goesOn).toBe(true);
    const { goesOn, code } = await run(["Authorization", authorization, "authorization", authorization]);
    expect([goesOn, code]).toEqual([false, "AUTH_CREDENTIAL_REPEATED"]);
  });

  it("binds a scope to the parameter that it names, and to no other of the route", async () => {
    const { authorization } = await issuer.bearer({ scopes: ["orders:o1:read"] });
    const ask = async (params: object) => {
      const { goesOn, code } = await run(["authorization", authorization], params, ofOrders);
      return goesOn ? "in" : code;
    };
    expect(await ask({ customer_id: "c1", order_id: "o1" })).toBe("in");
    expect(await ask({ customer_id: "o1", order_id: "o2" })).toBe("SCOPE_OTHER_RESOURCE");
    expect(await ask({ customer_id: "o1", id: "o1" })).toBe("SCOPE_PARAMETER_MISSING");
  });

  it.each([{}, { "*": "q1" }, { id: ["q1"] }, undefined])(
    "stays closed for a scope of one item where the parameters are %j, and says that none names it",
    async (params) => {
      const narrow = await issuer.bearer({ scopes: ["reports:q1:read"] });
      const { goesOn, code } = await run(["authorization", narrow.authorization], params ?? null);
      expect([goesOn, code]).toEqual([false, "SCOPE_PARAMETER_MISSING"]);
      const wide = await issuer.bearer({ scopes: ["reports:read"] });
      expect((await run(["authorization", wide.authorization], params ?? null)).goesOn).toBe(true);
    },
  );
});
