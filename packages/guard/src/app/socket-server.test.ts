import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { createTestClock, createTestLogger } from "@agentos/testkit";
import { expect, it, onTestFinished } from "vitest";
import type { SocketGate } from "../gate/socket-gate.ts";
import { createSocketServer } from "./socket-server.ts";

/** A socket server whose gate is asked and has not answered yet. */
async function ask() {
  const asked = Promise.withResolvers<void>();
  const admitted = Promise.withResolvers<undefined>();
  const gate: SocketGate = {
    admit() {
      asked.resolve();
      return admitted.promise;
    },
    createJudge: () => ({
      clientAddress: undefined,
      authenticate: () => new Promise(() => undefined),
      authorize: () => {
        throw new Error("nothing is asked for");
      },
      watch: () => () => undefined,
      refuse: () => {
        throw new Error("nothing is refused");
      },
    }),
  };
  const sockets = createSocketServer({
    routes: [{ path: "/ws", gate, actions: new Map() }],
    mode: "jwt",
    now: createTestClock().now,
    limitLog: { note: () => undefined },
    logger: createTestLogger(),
  });
  const server = createServer();
  server.on("upgrade", (incoming, socket, head) => void sockets.accept(incoming, socket, head));
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const client = connect((server.address() as AddressInfo).port, "127.0.0.1");
  onTestFinished(() => {
    client.destroy();
    server.close();
  });
  client.write(
    "GET /ws HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
  );
  const answer = new Promise<string>((resolve) => {
    client.once("data", (data) => resolve(String(data)));
  });
  await asked.promise;
  return { sockets, answer, admit: () => admitted.resolve(undefined) };
}

it("asks whoever comes while a policy is replaced to come again at once: the next one lets them in", async () => {
  const { sockets, answer, admit } = await ask();
  await sockets.close("the policy of the server has changed");
  admit();
  expect(await answer).toMatch(/^HTTP\/1\.1 503 [^]*retry-after: 1\r\n/);
  // Twin: nothing was replaced.
  const other = await ask();
  other.admit();
  expect(await other.answer).toMatch(/^HTTP\/1\.1 101 /);
});
