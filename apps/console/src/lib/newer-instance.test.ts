import { QueryClient } from "@tanstack/react-query";
import { expect, test } from "vitest";
import type { Instance, InstanceList } from "./instance-state.ts";
import { replaceInstance } from "./instances.ts";
import { keepNewer, pickNewer } from "./newer-instance.ts";

const make = (id: string, at: number, authorization: boolean) =>
  ({ id, updated_at: at, desired: { authorization, security_key: false } }) as Instance;
const listOf = (...data: Instance[]): InstanceList => ({ data });

test("an answer that was on its way while somebody changed a switch does not set it back on the page", () => {
  const client = new QueryClient();
  const shown = () => client.getQueryData<InstanceList>(["instances", "acme"])?.data;
  const [before, after] = [make("shop", 10, false), make("shop", 11, true)];
  client.setQueryData(["instances", "acme"], listOf(before, make("demo", 50, false)));
  replaceInstance(client, "acme", after);
  replaceInstance(client, "acme", before);
  expect(shown()?.[0]).toEqual(after);
  // Its twin: the same change, seen once more.
  const seenAgain = { ...after, findings: [] };
  replaceInstance(client, "acme", seenAgain);
  expect(shown()?.[0]).toEqual(seenAgain);
});

test("a list that was on its way keeps what is newer, and forgets what is gone", () => {
  const held = listOf(make("shop", 11, true), make("gone", 5, false), make("demo", 7, false));
  const given = listOf(make("shop", 10, false), make("demo", 8, true), make("new", 1, false));
  expect(keepNewer(held, given).data).toEqual([held.data[0], given.data[1], given.data[2]]);
  expect(keepNewer(undefined, given)).toBe(given);
});

test("of two looks at what nobody has changed meanwhile the later holds", () => {
  const seen = (at: number, mode: string) =>
    ({ ...make("shop", 10, true), observed: { at, mode } }) as Instance;
  const [before, after] = [seen(20, "none"), seen(21, "jwt")];
  expect(pickNewer(after, before)).toBe(after);
  expect(pickNewer(before, after)).toBe(after);
  expect(pickNewer(after, { ...before, observed: null })).toBe(after);
  // Its twin: a change counts before any look.
  const changed = { ...before, updated_at: 11 };
  expect(pickNewer(after, changed)).toBe(changed);
});
