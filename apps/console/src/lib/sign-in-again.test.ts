import { AgentOSRefusal, type ControlPlaneClient } from "@agentos/client";
import { MutationObserver } from "@tanstack/react-query";
import { expect, test } from "vitest";
import type { InstanceClients } from "./instance-clients.ts";
import { createQueryClient } from "./query-client.ts";
import type { Services } from "./services.ts";
import type { SignedIn } from "./session.ts";
import { createSessionWatch } from "./session-watch.ts";
import { signInAgain, takeUpSession } from "./sign-in-again.ts";

const ended = new AgentOSRefusal({ status: 401, code: "AUTH_SIGN_IN_ENDED", detail: "Ended" });
const ada = { person: { id: "ada" } } as SignedIn;

function open({ reads = () => Promise.resolve(ada) }: { reads?: () => Promise<SignedIn> } = {}) {
  const sessionWatch = createSessionWatch();
  let forgotten = 0;
  const services = {
    controlPlane: { account: { read: reads } } as unknown as ControlPlaneClient,
    instanceClients: { forgetAll: () => (forgotten += 1) } as unknown as InstanceClients,
    queryClient: createQueryClient(sessionWatch),
    sessionWatch,
  } as unknown as Services;
  return { services, sessionWatch, forgotten: () => forgotten };
}

/** A request that is answered when the test says so, whatever becomes of its signal. */
function createSlowRequest() {
  const { promise, reject } = Promise.withResolvers<never>();
  return { ask: () => promise, refuse: () => reject(ended) };
}

test("a query of the session before, refused after somebody has signed in again, does not end the new one", async () => {
  const { services, sessionWatch, forgotten } = open();
  const late = createSlowRequest();
  const asked = services.queryClient.fetchQuery({ queryKey: ["late"], queryFn: late.ask });
  sessionWatch.markOver();
  await takeUpSession(services, ada);
  late.refuse();
  await expect(asked).rejects.toThrow();
  expect(sessionWatch.need()).toBe("none");
  expect(services.queryClient.getQueryData(["session"])).toBe(ada);
  expect(forgotten()).toBe(1);
});

test("nor does what was sent in it; what is sent in the new one does", async () => {
  const { services, sessionWatch } = open();
  const send = (request: ReturnType<typeof createSlowRequest>) =>
    new MutationObserver(services.queryClient, { mutationFn: request.ask }).mutate();
  const late = createSlowRequest();
  const sent = send(late);
  await takeUpSession(services);
  late.refuse();
  await expect(sent).rejects.toBe(ended);
  expect(sessionWatch.need()).toBe("none");
  const next = createSlowRequest();
  const sentAgain = send(next);
  next.refuse();
  await expect(sentAgain).rejects.toBe(ended);
  expect(sessionWatch.need()).toBe("over");
});

test("who signs in again by a button can close what asks for it, as long as the session is a good one", async () => {
  const good = open();
  const asked = signInAgain(good.services);
  await expect.poll(good.sessionWatch.need).toBe("asked");
  good.sessionWatch.dismiss();
  await expect(asked).resolves.toBe(false);

  const over = open({ reads: () => Promise.reject(ended) });
  const needed = signInAgain(over.services);
  await expect.poll(over.sessionWatch.need).toBe("over");
  await takeUpSession(over.services, ada);
  await expect(needed).resolves.toBe(true);
});
