import type { AgentOSClient } from "@agentos/client";
import { AgentOSRefusal } from "@agentos/client";
import { QueryClient } from "@tanstack/react-query";
import { expect, test } from "vitest";
import { type AskedAgain, askAgain, isGone } from "./ask-again.ts";
import type { Instance } from "./instance-state.ts";
import type { Services } from "./services.ts";

const shop = { id: "shop", endpoint: "http://127.0.0.1:7770", updated_at: 1 } as unknown as Instance;

function start({ instances = [shop] }: { readonly instances?: readonly Instance[] } = {}) {
  const sent: string[] = [];
  const services = {
    queryClient: new QueryClient(),
    controlPlane: { instances: { list: async () => ({ data: instances }) } },
    instanceClients: {
      renewToken: (id: string) => sent.push(`renew ${id}`),
      open: async (organizationId: string, { endpoint }: Instance) => [organizationId, endpoint],
    },
  } as unknown as Services;
  const retry = async (client: AgentOSClient) => sent.push(`ask ${JSON.stringify(client)}`);
  const ask = (more: Partial<AskedAgain> = {}) =>
    askAgain(services, {
      organizationId: "acme",
      call: { instanceId: "shop", retry },
      needsNewToken: false,
      ...more,
    });
  return { sent, services, ask };
}

test("is sent to where the instance is now, whatever the page knew", async () => {
  const { services, ask, sent } = start();
  services.queryClient.setQueryData(["instances", "acme"], { data: [{ ...shop, endpoint: "http://old" }] });
  await ask();
  expect(sent).toEqual(['ask ["acme","http://127.0.0.1:7770"]']);
});

test("takes a new token first where somebody was asked for a role", async () => {
  const { ask, sent } = start();
  await ask({ needsNewToken: true });
  expect(sent).toEqual(["renew shop", 'ask ["acme","http://127.0.0.1:7770"]']);
});

test("of an instance that is gone it says so: nothing was sent, and nothing refused again", async () => {
  const { ask, sent } = start({ instances: [] });
  const error: unknown = await ask().catch((cause: unknown) => cause);
  expect(error).toMatchObject({ code: "INSTANCE_UNKNOWN" });
  expect(sent).toEqual([]);
  if (!(error instanceof AgentOSRefusal)) throw new Error("a refusal");
  expect(isGone(error)).toBe(true);
});

test("what the instance itself refuses is a refusal, whatever its words", async () => {
  const { ask } = start();
  const said = new AgentOSRefusal({ status: 404, code: "INSTANCE_UNKNOWN", detail: "gone" });
  said.request = { server: "agentos", baseUrl: "http://127.0.0.1:7770", method: "GET", path: "/agents" };
  const retry = () => Promise.reject(said);
  await expect(ask({ call: { instanceId: "shop", retry } })).rejects.toBe(said);
  expect(isGone(said)).toBe(false);
});
