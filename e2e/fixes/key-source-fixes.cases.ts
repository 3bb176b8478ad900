/** Faults of key sets, their files and their addresses, and the way out that each prints. */
import { spawn } from "node:child_process";
import { chmodSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { FaultCode } from "@agentos/contract";
import { AgentOS, type AgentOSOptions } from "@agentos/server";
import { createTestKey } from "@agentos/testkit";
import { vi } from "vitest";
import { bearer, closeConnections, send } from "../support/http.ts";
import type { FixRow, FixRows, Printed } from "./fix-row.ts";
import { answer, fileOptions, giveFile, goodSet, listen, makeFolder, pathOf, withFile } from "./key-tools.ts";
import { agents, callSigned, fix, good, ID, key, otherKey, secret, type World, withConfig } from "./world.ts";

const withUrl = (jwksUrl: string): World => ({
  options: { authorization: true, authorizationConfig: { jwksUrl } },
});
const giveUrl = (world: World, jwksUrl: string) => withConfig(world, { jwksUrl });
const goodUrl = () => listen(answer(goodSet));
const toUrl = async (world: World) => giveUrl(world, await goodUrl());

/** An issuer whose discovery document is this, and a token of it. */
async function withIssuer(describe: (url: string) => unknown): Promise<World> {
  const url = await listen((request, response) => {
    const body = request.url === "/jwks" ? goodSet : describe(`http://${request.headers.host}`);
    answer(body)(request, response);
  });
  return {
    options: { authorization: true, authorizationConfig: { issuer: url } },
    call: await callSigned(good({ iss: url })),
  };
}

/** A port where nothing listens. */
async function findClosedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A server that has started with good keys, whose source then fails; with how long ago, in seconds. */
interface FailingWorld {
  readonly options: AgentOSOptions;
  readonly spoil: () => void;
  readonly mend: () => void;
  readonly isMended: boolean;
  readonly seconds: number;
}

/** Starts it, lets the source fail unless it is mended, and gives what the log says and the last answer. */
async function watch({ options, spoil, mend, isMended, seconds }: FailingWorld) {
  const told: Printed[] = [];
  const warn = (facts: Readonly<Record<string, unknown>>) => {
    const faults = Array.isArray(facts["faults"]) ? (facts["faults"] as readonly Printed[]) : [];
    for (const { code, fix: text } of faults) told.push({ code, fix: text, place: "finding" });
  };
  vi.useFakeTimers({ toFake: ["Date"] });
  mend();
  const os = new AgentOS({
    database: null,
    id: ID,
    agents,
    env: {},
    logger: { error: warn, warn, info: () => undefined },
    ...options,
  });
  const server = await os.serve({ host: "127.0.0.1", port: 0, printsPolicy: false });
  try {
    const advance = (by: number) => vi.setSystemTime(Date.now() + by * 1_000);
    // A token whose key is unknown makes the server look again.
    const { authorization: unknown } = bearer(await unknownToken());
    const look = () => send(server.port, { path: "/agents", headers: { authorization: unknown ?? "" } });
    spoil();
    advance(400);
    await look();
    advance(seconds);
    await look();
    await vi.waitFor(async () => {
      await look();
      if (told.length === 0) throw new Error("nothing was said");
    }, 5_000);
    if (isMended) {
      mend();
      told.length = 0;
      advance(20);
      await vi.waitFor(async () => {
        const { status } = await send(server.port, await callSigned(good()));
        if (status !== 200) throw new Error(`it answers ${status}`);
      }, 5_000);
    }
    return told;
  } finally {
    vi.useRealTimers();
    closeConnections();
    await server.close();
  }
}

async function unknownToken(): Promise<string> {
  const stranger = await createTestKey("RS256", { kid: "unknown" });
  const { headers } = await callSigned({
    ...good(),
    header: { alg: "RS256", kid: "unknown" },
    key: stranger,
  });
  return headers?.["authorization"]?.replace("Bearer ", "") ?? "";
}

const failing = (row: Pick<FixRow<FailingWorld>, "wrong" | "follows">): FixRow => {
  const whole: FixRow<FailingWorld> = {
    ...row,
    apply: (world) => ({ ...world, isMended: true }),
    observe: watch,
    passes: async (world) => {
      await watch(world);
    },
  };
  return whole as FixRow;
};

const failingFile = (seconds: number): FailingWorld => {
  const world = withFile(goodSet);
  return {
    options: world.options,
    spoil: () => writeFileSync(pathOf(world), "{"),
    mend: () => void giveFile(world, goodSet),
    isMended: false,
    seconds,
  };
};

const failingUrl = async (seconds: number): Promise<FailingWorld> => {
  const state = { isBroken: false };
  const url = await listen((request, response) => {
    if (state.isBroken) response.writeHead(500).end();
    else answer(goodSet)(request, response);
  });
  return {
    options: withUrl(url).options,
    spoil: () => {
      state.isBroken = true;
    },
    mend: () => {
      state.isBroken = false;
    },
    isMended: false,
    seconds,
  };
};

const READER = fileURLToPath(new URL("./read-jwks-file.ts", import.meta.url));

/** A file, looked at by a process of another user where this one is root, whom no file is closed to. */
const asOtherUser = (row: Pick<FixRow<string>, "wrong" | "follows" | "apply">): FixRow => {
  const observe = (path: string): Promise<readonly Printed[]> =>
    new Promise((resolve, reject) => {
      const child = spawn(process.execPath, ["--conditions=@agentos/source", READER, path], {
        cwd: dirname(path),
        env: {},
        stdio: ["ignore", "pipe", "inherit"],
      });
      let text = "";
      child.stdout.setEncoding("utf8").on("data", (part: string) => {
        text += part;
      });
      child.on("close", (code) =>
        code === 0
          ? resolve(JSON.parse(text) as readonly Printed[])
          : reject(new Error(`it ended with ${code}`)),
      );
    });
  const whole: FixRow<string> = {
    ...row,
    observe,
    async passes(path) {
      const printed = await observe(path);
      if (printed.length > 0) throw new Error(`the fix leads to ${JSON.stringify(printed)}`);
    },
  };
  return whole as FixRow;
};

export const keySourceFixes = {
  KEY_JWKS_INVALID: [
    fix({
      name: "something else",
      wrong: () => withFile("keys"),
      follows: /give a JSON object with an array "keys" of JWKs/,
      apply: (world) => giveFile(world, goodSet),
    }),
    fix({
      name: "a PEM",
      wrong: () => withFile(key.verificationKey),
      follows: /a key in PEM belongs in (JWT_VERIFICATION_KEY)/,
      apply: (world, [variable = ""]) => ({
        ...world,
        options: { authorization: true, env: { [variable]: key.verificationKey } },
      }),
    }),
  ],
  KEY_JWKS_EMPTY: fix({
    wrong: () => withFile({ keys: [] }),
    follows: /put at least one public signing key of the issuer into "(keys)"/,
    apply: (world, [member = ""]) => giveFile(world, { [member]: [key.jwk] }),
  }),
  KEY_JWKS_TOO_LARGE: fix({
    wrong: () => withFile({ keys: Array.from({ length: 101 }, () => key.jwk) }),
    follows: /keep only the keys that tokens are verified with/,
    apply: (world) => giveFile(world, goodSet),
  }),
  KEY_JWKS_DUPLICATE_KID: fix({
    wrong: () => withFile({ keys: [key.jwk, { ...otherKey.jwk, kid: key.jwk["kid"] }] }),
    follows: /give every key its own "(kid)"/,
    apply: (world, [member = ""]) =>
      giveFile(world, { keys: [key.jwk, { ...otherKey.jwk, [member]: "its own" }] }),
  }),
  KEY_JWKS_SECRET: fix({
    wrong: async () => withUrl(await listen(answer({ keys: [key.jwk, secret.jwk] }))),
    follows: /remove it from the set/,
    apply: toUrl,
  }),
  KEY_JWKS_FILE_MISSING: fix({
    wrong: () => ({
      options: fileOptions(join(makeFolder({ "jwks.json": JSON.stringify(goodSet) }), "jwk.json")),
    }),
    follows: /check the path in "(jwksFile)"/,
    apply: (world, [option = ""]) =>
      withConfig(world, { [option]: pathOf(world).replace("jwk.json", "jwks.json") }),
  }),
  KEY_JWKS_FILE_NOT_A_FILE: fix({
    wrong: () => ({ options: fileOptions(makeFolder({ "jwks.json": JSON.stringify(goodSet) })) }),
    follows: /name the file itself in "(jwksFile)"/,
    apply: (world, [option = ""]) => withConfig(world, { [option]: join(pathOf(world), "jwks.json") }),
  }),
  KEY_JWKS_FILE_UNREADABLE: asOtherUser({
    wrong: () => {
      const folder = makeFolder({ "jwks.json": JSON.stringify(goodSet) });
      chmodSync(dirname(folder), 0o755);
      chmodSync(folder, 0o700);
      return join(folder, "jwks.json");
    },
    follows: /let the user that runs this process read the file and enter its folders/,
    apply: (path) => {
      chmodSync(dirname(path), 0o755);
      chmodSync(path, 0o644);
      return path;
    },
  }),
  KEY_JWKS_FILE_STALE: failing({ wrong: () => failingFile(0), follows: /repair the file/ }),
  KEY_JWKS_FILE_EXPIRED: failing({ wrong: () => failingFile(3_700), follows: /repair the file/ }),
  KEY_URL_REFUSED: [
    fix({
      name: "http elsewhere",
      wrong: () => withUrl("http://issuer.test/jwks"),
      follows: /only for a server on this machine, as localhost, (127\.0\.0\.1)/,
      apply: async (world, [host = ""]) => giveUrl(world, (await goodUrl()).replace("127.0.0.1", host)),
    }),
    fix({
      name: "user name and password",
      wrong: async () => withUrl((await goodUrl()).replace("//", "//user:pass@")),
      follows: /remove user name and password from it/,
      apply: (world) =>
        giveUrl(world, String(world.options.authorizationConfig?.jwksUrl).replace("user:pass@", "")),
    }),
  ],
  KEY_SOURCE_UNREACHABLE: fix({
    wrong: async () => withUrl(`http://127.0.0.1:${await findClosedPort()}/jwks`),
    follows: /correct host and port/,
    apply: toUrl,
  }),
  KEY_SOURCE_TIMEOUT: fix({
    wrong: async () => withUrl(await listen(() => undefined)),
    follows: /look there whether the issuer answers at all/,
    apply: toUrl,
  }),
  KEY_SOURCE_STATUS: [
    fix({
      name: "a key set",
      wrong: async () => withUrl(await listen((_, response) => response.writeHead(404).end())),
      follows: /check the address/,
      apply: toUrl,
    }),
    fix({
      name: "behind a sign-in",
      wrong: async () => withUrl(await listen((_, response) => response.writeHead(403).end())),
      follows: /give an address that needs no sign-in/,
      apply: toUrl,
    }),
    fix({
      name: "an issuer",
      wrong: async () => {
        const world = await withIssuer((url) => ({ issuer: `${url}/realms/shop`, jwks_uri: `${url}/jwks` }));
        const { issuer = "" } = world.options.authorizationConfig ?? {};
        const strict = await listen((request, response) => {
          if (request.url !== "/realms/shop/.well-known/openid-configuration")
            return response.writeHead(404).end();
          return answer({ issuer: `http://${request.headers.host}/realms/shop`, jwks_uri: `${issuer}/jwks` })(
            request,
            response,
          );
        });
        return {
          options: { authorization: true, authorizationConfig: { issuer: strict } },
          call: await callSigned(good({ iss: `${strict}/realms/shop` })),
        };
      },
      follows: /correct "(issuer)": the address that is asked is the issuer followed by "(\/[^"]+)"/,
      apply: (world, [option = ""]) =>
        withConfig(world, { [option]: `${world.options.authorizationConfig?.issuer}/realms/shop` }),
    }),
  ],
  KEY_SOURCE_REDIRECT: fix({
    wrong: async () => {
      const url = await goodUrl();
      return withUrl(await listen((_, response) => response.writeHead(302, { location: url }).end()));
    },
    follows: /give the final address/,
    apply: toUrl,
  }),
  KEY_SOURCE_TOO_LARGE: fix({
    wrong: async () => withUrl(await listen(answer("x".repeat(600_000)))),
    follows: /check that the address leads to the JWKS/,
    apply: toUrl,
  }),
  KEY_SOURCE_WEB_PAGE: fix({
    wrong: async () => withUrl(await listen(answer("<html></html>", "text/html"))),
    follows: /give the address of the JSON document itself/,
    apply: toUrl,
  }),
  KEY_SOURCE_NO_TEXT: fix({
    wrong: async () => {
      const state: { body: unknown } = { body: undefined };
      const text = Buffer.from(`\uFEFF${JSON.stringify(goodSet)}`, "utf16le");
      return {
        ...withUrl(
          await listen((request, response) => {
            if (state.body === undefined)
              response.writeHead(200, { "content-type": "application/json" }).end(text);
            else answer(state.body)(request, response);
          }),
        ),
        state,
      };
    },
    follows: /let it answer with JSON in UTF-8/,
    apply: (world) => {
      (world as World & { state: { body: unknown } }).state.body = goodSet;
      return world;
    },
  }),
  KEY_DISCOVERY_INVALID: [
    fix({
      name: "the address of the keys",
      wrong: () => withIssuer((issuer) => ({ issuer })),
      follows: /give the address of its keys in "(jwksUrl)"/,
      apply: (world, [option = ""]) =>
        withConfig(world, { [option]: `${world.options.authorizationConfig?.issuer}/jwks` }),
    }),
  ],
  KEY_DISCOVERY_ISSUER_MISMATCH: fix({
    wrong: async () => {
      const world = await withIssuer((url) => ({ issuer: `${url}/`, jwks_uri: `${url}/jwks` }));
      const { issuer } = world.options.authorizationConfig ?? {};
      return { ...world, call: await callSigned(good({ iss: `${issuer}/` })) };
    },
    follows: /set "(issuer)" exactly to the "issuer" of the document and of the tokens/,
    apply: (world, [option = ""]) =>
      withConfig(world, { [option]: `${world.options.authorizationConfig?.issuer}/` }),
  }),
  KEY_SOURCE_STALE: failing({
    wrong: () => failingUrl(0),
    follows: /repair what the fault beside this one names/,
  }),
  KEY_SOURCE_EXPIRED: failing({
    wrong: () => failingUrl(3_700),
    follows: /repair what the fault beside this one names/,
  }),
} satisfies Partial<FixRows<FaultCode>>;
