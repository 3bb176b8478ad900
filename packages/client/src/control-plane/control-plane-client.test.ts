import { describe, expect, test } from "vitest";
import { connectInstance, createControlPlaneClient, createMemorySession } from "../index.ts";
import { errorOf, sendJson, startServer } from "../wire/http-server.fixture.ts";

const ids = { organization_id: "o1", instance_id: "i1" };

/** Answers every request with success, and sets these cookies one after the other. */
async function connect(...setCookies: readonly (readonly string[])[]) {
  const server = await startServer((response) => {
    const lines = setCookies[server.seen.length - 1] ?? [];
    sendJson(response, 200, { data: [] }, lines.length === 0 ? {} : { "set-cookie": lines });
  });
  const session = createMemorySession();
  return { server, session, controlPlane: createControlPlaneClient({ baseUrl: server.baseUrl, session }) };
}

describe("a session outside of browsers", () => {
  test("is the cookie that was set, sent with the origin of the control plane, until it is taken back", async () => {
    const set = "agentos_session=s3cret.value; Path=/; HttpOnly; SameSite=Lax; Max-Age=3600";
    const { server, session, controlPlane } = await connect(
      [set],
      [],
      ["agentos_session=; Max-Age=0; Path=/"],
    );
    await controlPlane.signIn.redeemLink({ body: { secret: "x".repeat(43) } });
    expect(session.get()).toBe("agentos_session=s3cret.value");
    await controlPlane.account.read();
    await controlPlane.account.signOut();
    expect(session.get()).toBeUndefined();
    await controlPlane.shell.health();
    expect(server.seen.map(({ headers: { cookie, origin } }) => [cookie, origin])).toEqual([
      [undefined, server.baseUrl],
      ["agentos_session=s3cret.value", server.baseUrl],
      ["agentos_session=s3cret.value", server.baseUrl],
      [undefined, server.baseUrl],
    ]);
  });

  test("holds several, replaces one by its name, and takes nothing odd or without an end", async () => {
    const { session, controlPlane } = await connect(
      ["a=1", "b=2; Max-Age=-1", "c=x y", "=5", `d=${"x".repeat(5_000)}`, "e=5"],
      Array.from({ length: 50 }, (_, index) => `n${index}=1`),
      ["a=3"],
    );
    await controlPlane.shell.health();
    expect(session.get()).toBe("a=1; e=5");
    await controlPlane.shell.health();
    await controlPlane.shell.health();
    const pairs = (session.get() ?? "").split("; ");
    expect([pairs.length, pairs[0]]).toEqual([20, "a=3"]);
  });

  test("stands in no error, even where a server repeats it", async () => {
    const server = await startServer((response) =>
      sendJson(response, 409, { detail: "you sent s3cret.value" }),
    );
    const session = { get: () => "agentos_session=s3cret.value", set: () => undefined };
    const controlPlane = createControlPlaneClient({ baseUrl: server.baseUrl, session });
    expect(await errorOf(controlPlane.account.read())).toMatchObject({ detail: "you sent [hidden]" });
  });
});

describe("a call", () => {
  test("is written as its route says", async () => {
    const { server, controlPlane } = await connect();
    const member = { name: "Ada", email: "ada@example.com", role: "member" } as const;
    await controlPlane.members.add({ parameters: { organization_id: "o/1" }, body: member });
    await controlPlane.call("audit.list", { parameters: ids, query: { limit: 5, before: undefined } });
    await controlPlane.keys.sign({ parameters: { ...ids, kid: "k" } });
    expect(server.seen.map(({ method, path, body }) => [method, path, body])).toEqual([
      ["POST", "/api/organizations/o%2F1/members", JSON.stringify(member)],
      ["GET", "/api/organizations/o1/audit?limit=5", ""],
      ["POST", "/api/organizations/o1/instances/i1/keys/k/sign", ""],
    ]);
  });

  test("that is rejected has its code and its fix, and is not sent again", async () => {
    const server = await startServer((response) =>
      sendJson(response, 409, {
        status: 409,
        code: "MEMBER_LAST_OWNER",
        title: "this is the last Owner",
        detail: "The last owner must stay",
        fix: "make another member Owner first",
      }),
    );
    const controlPlane = createControlPlaneClient({
      baseUrl: server.baseUrl,
      session: createMemorySession(),
    });
    const parameters = { organization_id: "o1", person_id: "p1" };
    expect(await errorOf(controlPlane.members.remove({ parameters }))).toMatchObject({
      kind: "refusal",
      status: 409,
      code: "MEMBER_LAST_OWNER",
      fix: "make another member Owner first",
      isOurs: true,
    });
    expect(server.seen).toHaveLength(1);
  });
});

test("outside of browsers there is no client without a session, which would spend a link for nothing", () => {
  expect(() => createControlPlaneClient({ baseUrl: "http://localhost:7778" })).toThrow(/createMemorySession/);
});

describe("a cookie", () => {
  const answerWith = async (...lines: readonly string[]) => {
    const session = createMemorySession();
    session.set("s=0123456789abcdef");
    const server = await startServer((response) =>
      sendJson(
        response,
        404,
        { detail: "never let the sleeper be; 0123456789abcdef" },
        { "set-cookie": lines },
      ),
    );
    const controlPlane = createControlPlaneClient({ baseUrl: server.baseUrl, session });
    return { session, error: await errorOf(controlPlane.account.read()) };
  };

  test.each([
    ["s=; Path=/", undefined],
    ["s=gone; Expires=Thu, 01 Jan 1970 00:00:00 GMT", undefined],
    ["s=gone; Max-Age=0", undefined],
    ["s=gone; Expires=Thu, 01 Jan 2970 00:00:00 GMT; Max-Age=0", undefined],
    ["s=new; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT", "s=new"],
    ["s=new; Expires=Thu, 01 Jan 2970 00:00:00 GMT", "s=new"],
    ["s=new; Expires=whenever", "s=new"],
  ])("is taken away as browsers do it: %s", async (line, held) => {
    const { session } = await answerWith(line);
    expect(session.get()).toBe(held);
  });

  test("that is short is no secret, and hides no words", async () => {
    const { session, error } = await answerWith("t=e");
    expect(session.get()).toBe("s=0123456789abcdef; t=e");
    expect(error).toMatchObject({ detail: "never let the sleeper be; [hidden]" });
  });
});

describe("the client of an instance", () => {
  /** A control plane and an AgentOS in one. */
  async function start(
    endpoint: (baseUrl: string) => string | null,
    mintStatus = 201,
    mintedFor: (baseUrl: string) => string = (baseUrl) => baseUrl,
  ) {
    let minted = 0;
    const server = await startServer((response, { path }) => {
      if (path.endsWith("/tokens")) {
        minted += 1;
        const refused = {
          code: "TOKEN_SCOPES_BEYOND_OWN",
          detail: "Nobody gets what they do not hold",
          fix: "x",
        };
        const token = { token: `minted-${minted}`, endpoint: mintedFor(server.baseUrl) };
        return sendJson(response, mintStatus, mintStatus === 201 ? token : refused);
      }
      if (path === "/agents") return sendJson(response, 200, []);
      return sendJson(response, 200, { id: "i1", endpoint: endpoint(server.baseUrl) });
    });
    const controlPlane = createControlPlaneClient({
      baseUrl: server.baseUrl,
      session: createMemorySession(),
    });
    return { server, connection: { controlPlane, organizationId: "o1", instanceId: "i1" } };
  }

  test("is let in by a token that the control plane mints, and never by its cookie", async () => {
    const { server, connection } = await start((baseUrl) => baseUrl);
    connection.controlPlane = createControlPlaneClient({
      baseUrl: server.baseUrl,
      session: { get: () => "agentos_session=s3cret", set: () => undefined },
    });
    const client = await connectInstance({ ...connection, scopes: ["agents:read"] });
    expect(await client.agents.list()).toEqual([]);
    await client.agents.list();
    const minting = server.seen.filter(({ path }) => path.endsWith("/tokens"));
    expect(minting.map(({ body }) => body)).toEqual(['{"scopes":["agents:read"]}']);
    for (const { headers } of server.seen.filter(({ path }) => path === "/agents"))
      expect([headers.authorization, headers.cookie]).toEqual(["Bearer minted-1", undefined]);
  });

  test("sends no token to an endpoint that the instance has left", async () => {
    const { server, connection } = await start(
      (baseUrl) => baseUrl,
      201,
      () => "https://moved.example",
    );
    const client = await connectInstance(connection);
    const error = await errorOf(client.agents.list());
    expect(error).toMatchObject({ reason: "no-token" });
    expect(String(error)).toContain("at another endpoint now");
    expect(server.seen.filter(({ path }) => path === "/agents")).toEqual([]);
  });

  test("says in the control plane's own words why there is no token", async () => {
    const { connection } = await start((baseUrl) => baseUrl, 403);
    const client = await connectInstance(connection);
    expect(await errorOf(client.agents.list())).toMatchObject({
      kind: "refusal",
      code: "TOKEN_SCOPES_BEYOND_OWN",
    });
  });

  test("is not made of a draft without an endpoint", async () => {
    const { connection } = await start(() => null);
    expect(await errorOf(connectInstance(connection))).toMatchObject({
      faults: ["the instance has no endpoint yet: set the endpoint of the draft first"],
    });
  });
});
