import { createSocket, type RemoteInfo } from "node:dgram";
import type { LookupAddress } from "node:dns";
import { expect, it, onTestFinished } from "vitest";
import { createPublicResolve } from "./resolve-host.ts";

const TYPE_A = 1;

/** A name server; gives its address. What `answer` leaves undefined is never answered. */
async function serveNames(answer: (query: Buffer) => Buffer | undefined): Promise<string> {
  const socket = createSocket("udp4");
  socket.on("message", (query: Buffer, from: RemoteInfo) => {
    const answered = answer(query);
    if (answered !== undefined) socket.send(answered, from.port, from.address);
  });
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
  onTestFinished(() => void socket.close());
  return `127.0.0.1:${socket.address().port}`;
}

/** An answer with one address, or with none (RFC 1035 section 4). */
function reply(query: Buffer, address: readonly number[] | undefined, code = 0): Buffer {
  const header = Buffer.from(query.subarray(0, 12));
  header.writeUInt16BE(0x8180 | code, 2);
  header.writeUInt16BE(address === undefined ? 0 : 1, 6);
  header.writeUInt16BE(0, 8);
  header.writeUInt16BE(0, 10);
  const end = query.indexOf(0, 12) + 5;
  const record =
    address === undefined ? [] : [0xc0, 12, 0, TYPE_A, 0, 1, 0, 0, 0, 60, 0, address.length, ...address];
  return Buffer.concat([header, query.subarray(12, end), Buffer.from(record)]);
}

const typeOf = (query: Buffer) => query.readUInt16BE(query.indexOf(0, 12) + 1);

const resolveAt = (server: string) =>
  new Promise<{ error: unknown; addresses: readonly LookupAddress[] }>((resolve) =>
    createPublicResolve([server])("os.example", (error, addresses) => resolve({ error, addresses })),
  );

it("gives the addresses of the name servers", async () => {
  const server = await serveNames((query) =>
    reply(query, typeOf(query) === TYPE_A ? [192, 0, 2, 7] : undefined),
  );
  expect(await resolveAt(server)).toEqual({ error: null, addresses: [{ address: "192.0.2.7", family: 4 }] });
});

it("says of a name that there is none", async () => {
  const server = await serveNames((query) => reply(query, undefined, 3));
  expect(await resolveAt(server)).toMatchObject({ error: { code: "ENOTFOUND" }, addresses: [] });
});

it("gives up a name server that does not answer", { timeout: 60_000 }, async () => {
  expect(await resolveAt(await serveNames(() => undefined))).toMatchObject({
    error: { code: "ETIMEOUT" },
    addresses: [],
  });
});
