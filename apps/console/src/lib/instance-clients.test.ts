// Servers are stood in for by `fetch`: what matters is which address gets which credential.
import { ConnectionFault, createControlPlaneClient, createMemorySession } from "@agentos/client";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createInstanceClients, type Outdated } from "./instance-clients.ts";
import type { Instance } from "./instance-state.ts";

const OLD = "https://shop.example";
const NEW = "https://elsewhere.example";
const PERSON = "ann";

let sent: string[] = [];
let minted = { endpoint: OLD, subject: PERSON };
let outdated: Outdated[] = [];

beforeEach(() => {
  [sent, outdated] = [[], []];
  minted = { endpoint: OLD, subject: PERSON };
  vi.stubGlobal("fetch", async (input: string | URL | Request, init?: RequestInit) => {
    const request = new Request(input, init);
    const { origin, pathname } = new URL(request.url);
    if (origin === "https://console.example")
      return Response.json({ ...minted, token: "a.b.c", jti: "j", scopes: [], audience: "a", issuer: "i" });
    sent.push(`${origin}${pathname} ${request.headers.get("authorization") ?? "nothing"}`);
    return Response.json([]);
  });
});
afterEach(() => vi.unstubAllGlobals());

function instanceAt(endpoint: string, authorization: boolean, securityKey = !authorization): Instance {
  const desired = { authorization, security_key: securityKey };
  return { id: "i-1", name: "Shop", endpoint, desired } as unknown as Instance;
}

function open() {
  const controlPlane = createControlPlaneClient({
    baseUrl: "https://console.example",
    session: createMemorySession(),
  });
  const clients = createInstanceClients(controlPlane, (what) => outdated.push(what));
  const ask = async (instance: Instance) => {
    await (await clients.open("o-1", instance)).agents.list();
    return sent.splice(0);
  };
  return { clients, ask };
}

test("a token goes to the address that it was made for, and to no other", async () => {
  const { ask } = open();
  const moving = instanceAt(OLD, true);
  minted.endpoint = NEW;
  const fault = await ask(moving).catch((error: unknown) => error);
  expect(fault).toBeInstanceOf(ConnectionFault);
  expect(fault).toMatchObject({ reason: "no-token" });
  expect([sent, outdated]).toEqual([[], ["instances"]]);
  // Once the tab knows where it is.
  expect(await ask(instanceAt(NEW, true))).toEqual([`${NEW}/agents Bearer a.b.c`]);
});

test("no token is used that is somebody else's than the one for whom this tab began", async () => {
  const { clients, ask } = open();
  await ask(instanceAt(OLD, true));
  clients.renewToken("i-1");
  minted.subject = "mia";
  await expect(ask(instanceAt(OLD, true))).rejects.toMatchObject({ reason: "no-token" });
  expect([sent, outdated]).toEqual([[], ["session"]]);
});

test("a key goes to the address for which it was typed, and is asked for anew at another one", async () => {
  const { clients, ask } = open();
  const here = instanceAt(OLD, false);
  clients.rememberSecurityKey(here, "root-key");
  expect(await ask(here)).toEqual([`${OLD}/agents Bearer root-key`]);
  const there = instanceAt(NEW, false);
  expect(await ask(there)).toEqual([`${NEW}/agents nothing`]);
  expect([clients.hasSecurityKey(there), clients.readSecurityKey(there)]).toEqual([false, undefined]);
  expect([clients.findAddressOfKey(there), clients.findAddressOfKey(here)]).toEqual([OLD, undefined]);
  expect(clients.describeSent(there)).toEqual({ kind: "none" });
  clients.rememberSecurityKey(there, "other-key");
  expect(await ask(there)).toEqual([`${NEW}/agents Bearer other-key`]);
  expect(await ask(here)).toEqual([`${OLD}/agents nothing`]);
});

test("a key that is typed or forgotten renews the clients of its instance alone", async () => {
  const { clients, ask } = open();
  const other = { ...instanceAt(NEW, true), id: "i-2" };
  minted.endpoint = NEW;
  await ask(other);
  const held = clients.open("o-1", other);
  const here = instanceAt(OLD, false);
  const before = clients.open("o-1", here);
  clients.rememberSecurityKey(here, "root-key");
  expect(clients.open("o-1", here)).not.toBe(before);
  expect(clients.open("o-1", other)).toBe(held);
  clients.forgetSecurityKey(here.id);
  expect(clients.open("o-1", other)).toBe(held);
  clients.rememberSecurityKey(here, "root-key");
  clients.forgetAll();
  expect(clients.open("o-1", other)).not.toBe(held);
  expect(clients.securityKeyVersion(here.id)).toBe(0);
});

test("a key is sent only where the switches say that there is one", async () => {
  const { clients, ask } = open();
  clients.rememberSecurityKey(instanceAt(OLD, false), "root-key");
  const unguarded = instanceAt(OLD, false, false);
  expect(await ask(unguarded)).toEqual([`${OLD}/agents nothing`]);
  expect(clients.describeSent(unguarded)).toEqual({ kind: "none" });
  clients.forgetAll();
  expect(await ask(instanceAt(OLD, false))).toEqual([`${OLD}/agents nothing`]);
});
