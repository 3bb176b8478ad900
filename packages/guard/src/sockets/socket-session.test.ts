import {
  type AuthMode,
  type CompiledRoute,
  compileGrants,
  compileRoutes,
  createOwner,
  fail,
  type Identity,
  ok,
  type Refusal,
  type Result,
} from "@agentos/auth";
import { REFUSALS, type RefusalCode } from "@agentos/contract";
import { createTestClock } from "@agentos/testkit";
import { describe, expect, it } from "vitest";
import type { SocketJudge, SocketRefusal } from "../gate/socket-gate.ts";
import type { RoutedAction } from "./socket-action.ts";
import { createSocketSession } from "./socket-session.ts";

const [route] = compileRoutes(
  { run: { method: "POST", path: "/things/{id}", access: ["things:run"] } },
  { adminScope: "agent_os:admin", scopeMappings: {}, allowUnmappedRoutes: false },
).routes as [CompiledRoute];

const identityOf = (userId: string, scopes: readonly string[] = ["things:run"]): Identity => ({
  kind: "user",
  issuer: "default",
  owner: createOwner("default", userId),
  userId,
  subject: userId,
  sessionId: undefined,
  scopes,
  grants: compileGrants(scopes, "agent_os:admin"),
  claims: {},
  dependencies: undefined,
  sessionState: undefined,
  expiresAt: undefined,
  notBefore: undefined,
  keyLabel: undefined,
});

const refusalOf = (code: RefusalCode): SocketRefusal => ({
  code,
  problem: {
    type: `/errors/${code}`,
    title: "title",
    status: REFUSALS[code].status,
    detail: REFUSALS[code].detail,
    code,
    fix: "fix",
    denial_id: "den_1",
  },
});

/** A session whose judge knows the tokens in `known`, and what it has sent. */
async function start({ mode = "jwt", isFull = false }: { mode?: AuthMode; isFull?: boolean } = {}) {
  const clock = createTestClock();
  const known = new Map<string | undefined, Result<Identity, SocketRefusal>>([
    ["alice", ok(identityOf("alice"))],
    ["bob", ok(identityOf("bob"))],
    ["outage", fail(refusalOf("AUTH_KEYS_UNAVAILABLE"))],
    [undefined, ok({ ...identityOf(""), kind: "anonymous" })],
  ]);
  const frames: unknown[] = [];
  const ends: (readonly [number, string])[] = [];
  const asked: unknown[] = [];
  const watched = new Set<(refusal: Refusal) => void>();
  const judge: SocketJudge = {
    clientAddress: "203.0.113.7",
    authenticate: async (token) => known.get(token) ?? fail(refusalOf("AUTH_TOKEN_MALFORMED")),
    authorize: (identity, { action, parameters }) => {
      asked.push([identity.userId, action, parameters]);
      return ok({ identity, visible: "all", dataScope: { kind: "all" }, decision: undefined });
    },
    watch(_, end) {
      watched.add(end);
      return () => watched.delete(end);
    },
    refuse: ({ code }) => refusalOf(code),
  };
  const runs: AbortSignal[] = [];
  const action: RoutedAction = {
    route,
    refusal: "no",
    read: ({ id }) =>
      typeof id !== "string"
        ? "id is required"
        : {
            parameters: { id },
            run({ signal, send }) {
              if (id === "throws") throw new Error("secret");
              runs.push(signal);
              send({ ran: id });
            },
          },
  };
  const session = createSocketSession({
    mode,
    judge,
    actions: new Map([["run", action]]),
    now: clock.now,
    send: (frame) => void frames.push(frame),
    end: (code, reason) => void ends.push([code, reason]),
    claim: () =>
      isFull ? { code: "RUN_CALLER_SOCKETS", title: "full", detail: "Too many", fix: "close" } : undefined,
    explain: () => ({ event: "error", error: "Internal server error" }),
  });
  await session.start();
  frames.length = 0;
  const send = (frame: object) => session.receive(JSON.stringify(frame));
  const last = () => frames.at(-1);
  return { clock, known, frames, ends, asked, watched, runs, session, send, last };
}

const authenticate = (token: string) => ({ action: "authenticate", token });
const run = (id: string) => ({ action: "run", id });

describe("an action", () => {
  it("is decided for who has authenticated, with the parameters of its frame", async () => {
    const { send, asked, last } = await start();
    await send(run("x"));
    expect([last(), asked]).toEqual([expect.objectContaining({ event: "auth_required" }), []]);
    await send(authenticate("alice"));
    await send(run("x"));
    expect([last(), asked]).toEqual([{ ran: "x" }, [["alice", "run", { id: "x" }]]]);
    await send({ action: "run" });
    expect([last(), asked.length]).toEqual([{ event: "error", error: "id is required" }, 1]);
  });

  it("is judged with the credential at that moment", async () => {
    const { send, known, asked, ends, last } = await start();
    await send(authenticate("alice"));
    known.set("alice", fail(refusalOf("AUTH_KEYS_UNAVAILABLE")));
    await send(run("x"));
    expect(last()).toMatchObject({
      event: "error",
      error_type: "server_error",
      code: "AUTH_KEYS_UNAVAILABLE",
    });
    expect([asked, ends]).toEqual([[], []]);
    // Twin: the server can tell again.
    known.set("alice", ok(identityOf("alice")));
    await send(run("x"));
    expect(last()).toEqual({ ran: "x" });
    known.set("alice", fail(refusalOf("AUTH_KEY_UNKNOWN")));
    await send(run("x"));
    expect(last()).toMatchObject({ event: "auth_error", code: "AUTH_KEY_UNKNOWN" });
    expect(ends).toEqual([[1008, "the credential is not accepted any more"]]);
  });

  it("that fails is told without what it threw, and the next one runs", async () => {
    const { send, last } = await start();
    await send(authenticate("alice"));
    await send(run("throws"));
    expect(last()).toEqual({ event: "error", error: "Internal server error" });
    await send(run("x"));
    expect(last()).toEqual({ ran: "x" });
  });

  it("ends with its connection", async () => {
    const { send, runs, session, watched } = await start();
    await send(authenticate("alice"));
    await send(run("x"));
    expect([runs[0]?.aborted, watched.size]).toEqual([false, 1]);
    session.stop();
    expect([runs[0]?.aborted, watched.size]).toEqual([true, 0]);
  });
});

describe("what let somebody in", () => {
  it("and is taken away ends the connection at once", async () => {
    const { send, watched, ends, last } = await start();
    await send(authenticate("alice"));
    for (const end of watched) end({ code: "AUTH_CREDENTIAL_REVOKED", facts: {} });
    expect(last()).toMatchObject({ event: "auth_error", error_type: "invalid_token" });
    expect(ends).toEqual([[1008, "the credential is not accepted any more"]]);
    expect(watched.size).toBe(0);
  });

  it("is judged again while nothing is sent, a second time only after two seconds", async () => {
    const { send, session, known, clock, ends } = await start();
    await send(authenticate("alice"));
    known.set("alice", fail(refusalOf("AUTH_KEY_UNKNOWN")));
    clock.advance(1);
    await session.tick();
    expect(ends).toEqual([]);
    clock.advance(1);
    await session.tick();
    expect(ends).toHaveLength(1);
  });

  it("goes on where the server cannot tell", async () => {
    const { send, session, known, clock, ends, frames } = await start();
    await send(authenticate("alice"));
    frames.length = 0;
    known.set("alice", fail(refusalOf("AUTH_KEYS_UNAVAILABLE")));
    clock.advance(60);
    await session.tick();
    expect([ends, frames]).toEqual([[], []]);
  });

  it("and has expired is told once, runs nothing more, and is renewed for five minutes", async () => {
    const { send, session, known, clock, ends, frames, runs } = await start();
    await send(authenticate("alice"));
    await send(run("x"));
    frames.length = 0;
    known.set("alice", fail(refusalOf("AUTH_TOKEN_EXPIRED")));
    for (let look = 0; look < 5; look += 1) {
      clock.advance(2);
      await session.tick();
    }
    expect(frames).toEqual([expect.objectContaining({ event: "auth_error", error_type: "expired" })]);
    // Expiry cuts nothing that runs.
    expect(runs[0]?.aborted).toBe(false);
    clock.advance(280);
    await session.tick();
    expect(ends).toEqual([]);
    clock.advance(20);
    await session.tick();
    expect(ends).toEqual([[1008, "the authentication was not renewed in time"]]);
  });
});

describe("attempts to authenticate", () => {
  it("that fail in a row end the connection; an outage and a success count for nothing", async () => {
    const { send, ends } = await start();
    for (let attempt = 0; attempt < 10; attempt += 1) await send(authenticate("outage"));
    for (let attempt = 0; attempt < 4; attempt += 1) await send(authenticate("wrong"));
    await send(authenticate("alice"));
    for (let attempt = 0; attempt < 4; attempt += 1) await send(authenticate("bob"));
    expect(ends).toEqual([]);
    await send(authenticate("wrong"));
    expect(ends).toEqual([[1008, "too many failed attempts to authenticate"]]);
  });

  it("that succeed leave nothing of the frames before them: each renewal may come after one", async () => {
    const { send, session, known, clock, ends, frames } = await start();
    for (let renewal = 0; renewal < 30; renewal += 1) {
      known.set("alice", ok(identityOf("alice")));
      await send(authenticate("alice"));
      known.set("alice", fail(refusalOf("AUTH_TOKEN_EXPIRED")));
      clock.advance(2);
      await session.tick();
      await send(run("x"));
    }
    expect([ends, frames.at(-1)]).toEqual([[], expect.objectContaining({ event: "auth_required" })]);
    // Twin: without success between them.
    for (let stray = 1; stray < 20; stray += 1) await send(run("x"));
    expect(ends).toEqual([[1008, "too many frames without authentication"]]);
  });

  it("of a caller who has too many connections end it, and the cause is said", async () => {
    const { send, ends, frames, watched } = await start({ isFull: true });
    await send(authenticate("alice"));
    expect(frames).toEqual([
      { event: "auth_error", error: "Too many", code: "RUN_CALLER_SOCKETS", title: "full", fix: "close" },
    ]);
    expect([ends, watched.size]).toEqual([[[1008, "too many connections of this caller"]], 0]);
  });

  it("have thirty seconds, and none where nobody needs to", async () => {
    const { session, clock, ends } = await start();
    clock.advance(29);
    await session.tick();
    expect(ends).toEqual([]);
    clock.advance(1);
    await session.tick();
    expect(ends).toEqual([[1008, "not authenticated in time"]]);

    const open = await start({ mode: "none" });
    open.clock.advance(3_600);
    await open.session.tick();
    expect(open.ends).toEqual([]);
    await open.send(run("x"));
    expect(open.last()).toEqual({ ran: "x" });
  });
});

describe("frames", () => {
  it("that arrive at once are dealt with one after the other, thirty-two at most", async () => {
    const { session, frames, ends } = await start({ mode: "none" });
    const ping = JSON.stringify({ action: "ping" });
    await Promise.all(Array.from({ length: 32 }, () => session.receive(ping)));
    expect([frames.length, ends]).toEqual([32, []]);
    await Promise.all(Array.from({ length: 33 }, () => session.receive(ping)));
    expect(ends).toEqual([[1008, "too many frames at once"]]);
  });

  it("after the end are not looked at", async () => {
    const { session, send, frames } = await start({ mode: "none" });
    session.stop();
    await send({ action: "ping" });
    await session.receive("no JSON");
    expect(frames).toEqual([]);
  });
});
