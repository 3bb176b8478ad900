/** Whatever a server does with the credential that it was sent, no output of ours shows it, or twelve characters of it in a row. */
import { stripVTControlCharacters } from "node:util";
import { createTestKey, goodToken, signToken } from "@agentos/testkit";
import { describe, expect, it } from "vitest";
import { runInProcess } from "../program/run-in-process.fixture.ts";
import { type HostileAnswer, startHostileServer } from "./hostile-server.fixture.ts";

const SECURITY_KEY = "s3cr3t-Security-Key-0123456789-abcdef";
const key = await createTestKey("RS256");
const now = Math.floor(Date.now() / 1_000);
const JWT = await signToken(goodToken({ key, now, scopes: ["agents:read", "config:read"] }));

const refuse = (body: Readonly<Record<string, unknown>>): HostileAnswer => ({ status: 401, body });
const missing = refuse({ detail: "Authorization header missing" });
const base64 = (text: string) => Buffer.from(text).toString("base64");

/** What a server may do with a credential before it shows it. */
const ECHOES: Readonly<Record<string, (token: string) => HostileAnswer>> = {
  "repeats it everywhere": (token) =>
    refuse({ detail: `Invalid token: ${token}`, title: token, code: token, fix: `send ${token}` }),
  "repeats it in the title alone": (token) => refuse({ title: `bad credential ${token}` }),
  "cuts its front": (token) => refuse({ detail: `Invalid token: …${token.slice(9, 40)}` }),
  "cuts its end": (token) => refuse({ detail: `Invalid token: ${token.slice(0, 30)}…` }),
  "changes its case": (token) => refuse({ detail: `Invalid token: ${token.toUpperCase()}` }),
  "encodes it in base64": (token) => refuse({ detail: `Invalid token: ${base64(token)}` }),
  "encodes it in base64 behind a user name": (token) =>
    refuse({ detail: `Invalid header: Basic ${base64(`bob:${token}`)}` }),
  "percent-encodes it": (token) => refuse({ detail: `Invalid token: ${encodeURIComponent(`+/${token}`)}` }),
  "spells it out": (token) => refuse({ detail: `Invalid token: ${token.split("").join(" ")}` }),
  "hides what nobody sees between its characters": (token) =>
    refuse({ detail: `Invalid token: ${token.split("").join("\u200B")}` }),
  "paints it": (token) => refuse({ detail: `Invalid token: ${token.replace(/.{10}/g, "$&\u001B[31m")}` }),
  "names a cookie after it": (token) => refuse({ detail: `JWT cookie '${token.slice(0, 64)}' missing` }),
  "names a cookie of two places after it": (token) =>
    refuse({
      detail: `JWT token missing from both Authorization header and '${token.slice(0, 64)}' cookie`,
    }),
  "names a header after it": (token) =>
    refuse({ ...(missing.body as object), fix: `in the header "${token.slice(0, 64)}: Bearer TOKEN"` }),
  "makes scopes of it": (token) => ({
    status: 403,
    body: {
      detail: "Insufficient permissions",
      code: "SCOPE_MISSING",
      required_scopes: [token, ...(token.match(/.{1,11}/g) ?? [])],
    },
  }),
};

/** What a reader makes of an output: without escapes and colours, or without what separates. */
const JOINS: readonly ((text: string) => string)[] = [
  (text) => text,
  (text) => stripVTControlCharacters(text).replace(/\\+u[0-9a-f]{4}/g, ""),
  (text) => text.replace(/[\s,"]/g, ""),
];

/** Every stretch of twelve characters, in lower case. */
function stretches(text: string): ReadonlySet<string> {
  const lower = text.toLowerCase();
  return new Set(Array.from({ length: Math.max(0, lower.length - 11) }, (_, at) => lower.slice(at, at + 12)));
}

function expectHidden(output: string, secret: string): void {
  // The digits behind "bob:", and without those that stand for what follows.
  const forms = [secret, base64(secret), base64(`bob:${secret}`).slice(6)].map((form) =>
    form.replace(/.?=+$/, ""),
  );
  const shown = JOINS.map((join) => stretches(join(output)));
  for (const form of forms)
    expect([...stretches(form)].filter((stretch) => shown.some((set) => set.has(stretch)))).toEqual([]);
}

const commands: Readonly<Record<string, (url: string) => readonly string[]>> = {
  doctor: (url) => ["doctor", "--url", url, "--token", "-"],
  "token explain": (url) => ["token", "explain", "-", "--url", url],
};
const credentials = { "a security key": SECURITY_KEY, "a JWT": JWT };
const rows = Object.keys(ECHOES).flatMap((echo) =>
  Object.keys(commands).flatMap((command) =>
    Object.keys(credentials).map((credential) => [command, credential, echo] as const),
  ),
);

describe("what is printed about a refused credential", () => {
  it.each(rows)("by %s never shows %s to a server that %s", async (command, credential, echo) => {
    const token = credentials[credential as keyof typeof credentials];
    const url = await startHostileServer({
      answer: (sent) => (sent === "" ? missing : (ECHOES[echo]?.(sent) ?? missing)),
    });
    const args = commands[command]?.(url) ?? [];
    const text = await runInProcess(args, { stdin: token });
    const json = await runInProcess([...args, "--json"], { stdin: token });
    for (const { stdout, stderr, code } of [text, json]) {
      expect(stdout).not.toBe("");
      // Whoever asks for a scope has accepted the token.
      expect(code === 0).toBe(command === "token explain" && echo === "makes scopes of it");
      expectHidden(stdout + stderr, token);
    }
    expect(() => JSON.parse(json.stdout) as unknown).not.toThrow();
  });

  it("hides it in what /info says too", async () => {
    // An earlier request has told the server the credential.
    const info = { os_id: `os-${SECURITY_KEY}`, server_version: SECURITY_KEY, agno_version: SECURITY_KEY };
    const url = await startHostileServer({ answer: () => missing, info });
    for (const more of [[], ["--json"], ["--url", url]]) {
      const args = ["doctor", "--url", url, "--token", "-", ...more];
      const { stdout } = await runInProcess(args, { stdin: SECURITY_KEY });
      expect(stdout).toContain("[redacted]");
      expectHidden(stdout, SECURITY_KEY);
    }
  });

  it("still says what it has to say", async () => {
    const url = await startHostileServer({
      answer: (token) => (token === "" ? missing : refuse({ detail: `Invalid token: ${token}` })),
    });
    const { stdout } = await runInProcess(["doctor", "--url", url, "--token", "-", "--json"], {
      stdin: `Authorization: Bearer ${SECURITY_KEY}`,
    });
    const { places } = JSON.parse(stdout) as {
      readonly places: readonly {
        readonly name: string;
        readonly findings: readonly { readonly serverSaid: string; readonly code: string }[];
      }[];
    };
    expect(places[0]?.name).toBe(url);
    expect(places[0]?.findings[0]).toMatchObject({
      code: "AUTH_SECURITY_KEY_NOT_ACCEPTED",
      serverSaid: "Invalid token: [redacted]",
    });
  });
});
