// The shapes of Express on a plain Node server; examples/express-guard runs the real one.
import { once } from "node:events";
import { createServer, request as httpRequest, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { customScope } from "@agentos/contract";
import { createTestIssuer, createTestLogger, TEST_OS_ID } from "@agentos/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createAuthGuard } from "../gate/auth-guard.ts";
import { accessOf, protect } from "./express.ts";

const issuer = await createTestIssuer();
const guard = await createAuthGuard({
  id: TEST_OS_ID,
  env: {},
  logger: createTestLogger(),
  authorizationConfig: { verificationKeys: [issuer.verificationKey] },
});
const ofReports = protect(guard, [customScope("reports:{id}:read")]);
const ofOrders = protect(guard, [customScope("orders:{order_id}:read")]);

let protection = ofReports;

let parameters: unknown = { id: "q1" };
let calls: unknown[] = [];
const server = createServer((request, response) => {
  const matched: IncomingMessage = Object.assign(request, { params: parameters });
  protection(matched, response, (error) => {
    calls.push(error ?? accessOf(request).identity.userId);
    response.end("in");
  });
});

beforeAll(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterAll(() => {
  guard.close();
  server.close();
});

const isAboutOrders = (params: unknown) =>
  typeof params === "object" && params !== null && "customer_id" in params;

function get(authorization: readonly string[], params: unknown = { id: "q1" }) {
  parameters = params;
  calls = [];
  protection = isAboutOrders(params) ? ofOrders : ofReports;
  const { port } = server.address() as AddressInfo;
  const headers = ["host", "127.0.0.1", ...authorization.flatMap((value) => ["authorization", value])];
  return new Promise<readonly [status: number | undefined, body: string]>((resolve, reject) => {
    const sent = httpRequest({ host: "127.0.0.1", port, headers, agent: false }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
      response.on("end", () => resolve([response.statusCode, text]));
    });
    sent.on("error", reject).end();
  });
}

const codeOf = ([, body]: readonly [unknown, string]) => (JSON.parse(body) as { code: string }).code;

describe("protect, as Express middleware", () => {
  it("calls the next handler for the item that is granted, and for no other", async () => {
    const { authorization } = await issuer.bearer({ scopes: ["reports:q1:read"] });
    expect(await get([authorization])).toEqual([200, "in"]);
    expect(calls).toEqual(["alice"]);
    const refused = await get([authorization], { id: "q2" });
    expect([refused[0], codeOf(refused), calls]).toEqual([403, "SCOPE_OTHER_RESOURCE", []]);
  });

  it("answers a request without a credential itself", async () => {
    const refused = await get([]);
    expect([refused[0], codeOf(refused), calls]).toEqual([401, "AUTH_HEADER_MISSING", []]);
  });

  it("refuses two Authorization headers, in either order", async () => {
    const { authorization } = await issuer.bearer({ scopes: ["reports:read"] });
    for (const both of [
      [authorization, "Bearer other"],
      ["Bearer other", authorization],
      [authorization, authorization],
    ]) {
      const refused = await get(both);
      expect([refused[0], codeOf(refused), calls]).toEqual([401, "AUTH_CREDENTIAL_REPEATED", []]);
    }
    expect(await get([authorization])).toEqual([200, "in"]);
  });

  it("binds a scope to the parameter that it names, and to no other of the route", async () => {
    const { authorization } = await issuer.bearer({ scopes: ["orders:o1:read"] });
    expect((await get([authorization], { customer_id: "c1", order_id: "o1" }))[0]).toBe(200);
    const refused = await get([authorization], { customer_id: "o1", order_id: "o2" });
    expect([refused[0], codeOf(refused), calls]).toEqual([403, "SCOPE_OTHER_RESOURCE", []]);
    const unnamed = await get([authorization], { customer_id: "o1", id: "o1" });
    expect([unnamed[0], codeOf(unnamed), calls]).toEqual([403, "SCOPE_PARAMETER_MISSING", []]);
  });

  it.each([{}, { id: ["q1"] }, { id: undefined }, { other: "q1" }, undefined])(
    "stays closed for a scope of one item where the parameters are %j, and says that none names it",
    async (params) => {
      const narrow = await issuer.bearer({ scopes: ["reports:q1:read"] });
      const refused = await get([narrow.authorization], params ?? null);
      expect([refused[0], codeOf(refused)]).toEqual([403, "SCOPE_PARAMETER_MISSING"]);
      const wide = await issuer.bearer({ scopes: ["reports:read"] });
      expect((await get([wide.authorization], params ?? null))[0]).toBe(200);
    },
  );

  it("hands a fault to Express, and lets nobody in", async () => {
    const fault = new Error("out of order");
    const broken = protect(
      { ...guard, protect: () => ({ check: () => Promise.reject(fault) }) },
      "authenticated",
    );
    const passed = await new Promise((resolve) => {
      broken(
        { method: "GET", rawHeaders: [], socket: {} } as unknown as IncomingMessage,
        {} as never,
        resolve,
      );
    });
    expect(passed).toBe(fault);
  });
});

describe("accessOf", () => {
  it("gives the caller behind the guard, and throws where no guard stood", async () => {
    const { authorization } = await issuer.bearer({ scopes: ["reports:q1:read"] });
    await get([authorization]);
    expect(calls).toEqual(["alice"]);
    expect(() => accessOf({})).toThrow('put "protect" in front');
  });
});
