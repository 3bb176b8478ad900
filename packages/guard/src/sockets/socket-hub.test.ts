import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createTestClock } from "@agentos/testkit";
import { expect, it, onTestFinished, vi } from "vitest";
import { createSocketHub } from "./socket-hub.ts";

/** A hub that says back how long each text is, and whose seconds the test counts. */
async function listen(): Promise<string> {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  const hub = createSocketHub(createTestClock().now);
  const server = createServer();
  server.on("upgrade", (incoming, socket, head) =>
    hub.open({
      incoming,
      socket,
      head,
      place: {
        claim: () => undefined,
        isWaiting: () => false,
        onTaken: () => undefined,
        release: () => undefined,
      },
      createSession: ({ send }) => ({
        start: async () => undefined,
        async receive(text) {
          send(String(text.length));
        },
        tick: async () => undefined,
        stop: () => undefined,
      }),
    }),
  );
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    await hub.close("the test is over");
    server.close();
    vi.useRealTimers();
  });
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function connect(url: string) {
  const client = new WebSocket(url);
  const answers: string[] = [];
  client.addEventListener("message", ({ data }) => void answers.push(String(data)));
  await new Promise((resolve) => {
    client.addEventListener("open", resolve);
  });
  return { client, answers };
}

it("reads what is more than a client may send in a second in the next one", async () => {
  const url = await listen();
  const { client, answers } = await connect(url);
  for (let message = 0; message < 4; message += 1) client.send("x".repeat(200_000));
  await vi.waitFor(() => expect(answers).toHaveLength(2));
  // Twin: another client, within its bytes.
  const other = await connect(url);
  for (let message = 0; message < 50; message += 1) other.client.send("x".repeat(4_000));
  await vi.waitFor(() => expect(other.answers).toHaveLength(50));
  expect(answers).toHaveLength(2);
  vi.advanceTimersByTime(1_000);
  await vi.waitFor(() => expect(answers).toHaveLength(4));
});
