/** What the rows about keys need: commands that a fix prints are run as they stand, and keys of their own. */
import { execFileSync } from "node:child_process";
import { createHmac, createPrivateKey, createPublicKey, sign } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AgentOSOptions } from "@agentos/server";
import { goodToken, type TestCertificate, type TestKey } from "@agentos/testkit";
import { afterAll } from "vitest";
import { command } from "../support/command.ts";
import { callSigned, jwtOptions, key, now, secret, type World, withConfig } from "./world.ts";

const root = mkdtempSync(join(tmpdir(), "agentos-fixes-"));
/** By address. */
const servers = new Map<string, Server>();
afterAll(async () => {
  rmSync(root, { recursive: true, force: true });
  await Promise.all([...servers.keys()].map(stopListening));
});

/** A folder of its own, with these files in it. */
export function makeFolder(files: Readonly<Record<string, string | Uint8Array>> = {}): string {
  const folder = mkdtempSync(join(root, "row-"));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return folder;
}

/** Runs a printed command in a folder, as a shell does; what stands before "keys" is the command itself. */
export function run(printed: string, folder: string): string {
  const own = /^.*?(?= (?:keys|token) )/.exec(printed)?.[0];
  const line =
    own === undefined ? printed : `"${process.execPath}" "${command.file}"${printed.slice(own.length)}`;
  return execFileSync("sh", ["-c", line], {
    cwd: folder,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** A server until the end of the tests, on any free port or on this one; its address without a final slash. */
export async function listen(
  listener: RequestListener,
  { port = 0, tls }: { readonly port?: number; readonly tls?: TestCertificate } = {},
): Promise<string> {
  const server =
    tls === undefined
      ? createServer(listener)
      : createTlsServer({ cert: tls.certificate, key: tls.privateKey }, listener);
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const url = `${tls === undefined ? "http" : "https"}://127.0.0.1:${(server.address() as AddressInfo).port}`;
  servers.set(url, server);
  return url;
}

/** Ends a server of {@link listen} with its connections. */
export async function stopListening(url: string): Promise<void> {
  const server = servers.get(url);
  if (server === undefined) throw new Error(`nothing of ours listens at ${url}`);
  servers.delete(url);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

/** Answers with JSON, or with a text as it is. */
export const answer =
  (body: unknown, type = "application/json"): RequestListener =>
  (_, response) =>
    response
      .writeHead(200, { "content-type": type })
      .end(typeof body === "string" ? body : JSON.stringify(body));

/** A set with the key of the usual issuer. */
export const goodSet = { keys: [key.jwk] };

/** A server that is configured with these values, asked with the usual token. */
export const withValues = (...verificationKeys: readonly string[]): World => ({
  options: jwtOptions({ verificationKeys: [...verificationKeys] }),
});

/** The same world with other values. */
export const giveValues = (world: World, ...verificationKeys: readonly string[]): World =>
  withConfig(world, { verificationKeys });

/** A server that reads this text as its JWKS file, and nothing else. */
export const withFile = (content: string | object): World => {
  const text = typeof content === "string" ? content : JSON.stringify(content);
  return { options: fileOptions(join(makeFolder({ "jwks.json": text }), "jwks.json")) };
};

/** The same world with another content of the file. */
export const giveFile = (world: World, content: object): World => {
  writeFileSync(pathOf(world), JSON.stringify(content));
  return world;
};

export const pathOf = (world: World): string => world.options.authorizationConfig?.jwksFile ?? "";
export const fileOptions = (jwksFile: string): AgentOSOptions => ({
  authorization: true,
  authorizationConfig: { jwksFile },
});

/** The request that this key's token comes with. */
export const callWithKey = (signer: TestKey) => callSigned(goodToken({ key: signer, now: now() }));

/** A signer with this text as its shared secret. */
export const secretSigner = (text: string | Uint8Array): TestKey => ({
  ...secret,
  kid: undefined,
  sign: async (data) => new Uint8Array(createHmac("sha256", text).update(data).digest()),
});

/** The signer of a private key in PEM, for RS256. */
export const pemSigner = (pem: string): TestKey => ({
  ...key,
  kid: undefined,
  verificationKey: createPublicKey(pem).export({ type: "spki", format: "pem" }).toString(),
  sign: async (data) => new Uint8Array(sign("sha256", data, createPrivateKey(pem))),
});

/** What `keys generate` leaves in a folder. */
const readPair = (folder: string) => ({
  privatePem: readFileSync(join(folder, "agentos-private.pem"), "utf8"),
  publicPem: readFileSync(join(folder, "agentos-public.pem"), "utf8"),
});

/** Follows "make a new key pair with …": runs it, gives the public half to the server, and signs with the private one. */
export async function makePair(world: World, printed: string): Promise<World> {
  const folder = makeFolder();
  run(printed, folder);
  const { privatePem, publicPem } = readPair(folder);
  return { ...giveValues(world, publicPem), call: await callWithKey(pemSigner(privatePem)) };
}

/** Follows "make one with openssl rand …": both sides use the text that it prints. */
export async function makeSecret(world: World, printed: string): Promise<World> {
  const text = run(printed, makeFolder()).trim();
  return { ...giveValues(world, text), call: await callWithKey(secretSigner(text)) };
}
