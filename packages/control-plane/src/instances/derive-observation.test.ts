import { describe, expect, it } from "vitest";
import { deriveObservation, type Probe } from "./derive-observation.ts";

type Answer = Probe["answers"][number];

function answer(route: Answer["route"], status: number, body?: Answer["body"]): Answer {
  return { route, status, credential: "none", ...(body === undefined ? {} : { body }) };
}

const refuses = (detail: string, status = 401) => [
  answer("GET /health", 200, { status: "ok" }),
  answer("GET /info", 404, { detail: "Not Found" }),
  answer("GET /config", status, { detail }),
];
const derive = (answers: readonly Answer[]) =>
  deriveObservation({ outcome: "answered", answers: [...answers] });

describe("an instance that says what it is", () => {
  it("is ours by the version of the product in its /info", () => {
    const body = { os_id: "shop", auth_mode: "jwt", agno_version: "2.9.0", server_version: "0.1.0" };
    expect(derive([answer("GET /info", 200, body)])).toMatchObject({
      mode: "jwt",
      modeFrom: "GET /info",
      hasSecurityKey: null,
      version: "2.9.0",
      osId: "shop",
      isOurs: true,
    });
  });

  it.each([
    ["security_key", true],
    ["none", false],
    ["jwt", null],
  ])("in mode %s has a security key: %s", (mode, hasSecurityKey) => {
    const body = { os_id: "os", auth_mode: mode, agno_version: "2.9.0" };
    expect(derive([answer("GET /info", 200, body)])).toMatchObject({ mode, hasSecurityKey, isOurs: false });
  });

  it("of 2.6 has a version and no mode, so the mode is heard from its refusals", () => {
    const answers = [
      answer("GET /info", 200, { os_id: "os", agno_version: "2.6.3" }),
      answer("GET /config", 401, { detail: "Authorization header missing" }),
    ];
    expect(derive(answers)).toMatchObject({ version: "2.6.3", mode: "jwt", modeFrom: "the answer" });
  });

  it("of 2.5.13 has neither, and is at least that old", () => {
    const answers = [answer("GET /info", 200, { os_id: "os" })];
    expect(derive(answers)).toMatchObject({ version: null, versionAtLeast: "2.5.13", mode: null });
  });

  it.each([
    ["a mode of its own", { auth_mode: "<b>jwt</b>" }, { mode: null }],
    ["a version that is a text", { agno_version: "2.9.0 <script>" }, { version: null }],
    ["a version that is a number", { agno_version: 2.9 }, { version: null }],
    ["an id of many characters", { os_id: "x".repeat(257) }, { osId: null }],
    ["an id that cannot be seen", { os_id: "shop\u{202E}" }, { osId: null }],
    ["an id that is none", { os_id: { $ne: 1 } }, { osId: null }],
  ])("is not believed %s", (_, body, expected) => {
    expect(derive([answer("GET /info", 200, body)])).toMatchObject(expected);
  });
});

describe("an instance that is known by how it refuses", () => {
  it.each(["Authorization header required", "Invalid authentication token"])(
    "asks for its security key: %s",
    (detail) => {
      expect(derive(refuses(detail))).toMatchObject({
        mode: "security_key",
        modeFrom: "the answer",
        hasSecurityKey: true,
        versionAtLeast: null,
      });
    },
  );

  it("behind a security key answers so for /info too", () => {
    const answers = [answer("GET /info", 401, { detail: "Authorization header required" })];
    expect(derive(answers)).toMatchObject({ mode: "security_key", version: null });
  });

  it.each([
    ["Authorization header missing", 401],
    ["JWT cookie 'access_token' missing", 401],
    ["JWT token missing from both Authorization header and 'access_token' cookie", 401],
    ["Token has expired", 401],
    ["Invalid token: Signature verification failed", 401],
    ["Invalid token audience - token not valid for this AgentOS instance", 401],
    ["Invalid audience - token not valid for this AgentOS instance", 401],
    ["Error decoding token: Could not parse the provided public key.", 401],
    ["Insufficient permissions", 403],
    ["Insufficient permissions. Required scope(s): config:read", 403],
  ])("asks for tokens, and is at least 2.3.13: %s", (detail, status) => {
    expect(derive(refuses(detail, status))).toMatchObject({
      mode: "jwt",
      modeFrom: "the answer",
      versionAtLeast: "2.3.13",
    });
  });

  it.each([
    ["words of something else", refuses("Forbidden by gateway", 403)],
    ["no words", [answer("GET /config", 401)]],
    ["words of an answer that is no refusal", refuses("Authorization header required", 500)],
  ])("is not known by %s", (_, answers) => {
    expect(derive(answers)).toMatchObject({ mode: null });
  });

  it("is open where it answers whom it does not know", () => {
    expect(derive([answer("GET /config", 200, { os_id: "os" })])).toMatchObject({ mode: "none", osId: "os" });
  });

  it("is not called open for an answer to a credential, or for its health", () => {
    const withKey: Answer = { ...answer("GET /config", 200, {}), credential: "security-key" };
    expect(derive([withKey])).toMatchObject({ mode: null });
    expect(derive([answer("GET /health", 200, {})])).toMatchObject({ mode: null });
  });

  it("is ours by the code of its refusal", () => {
    const body = {
      detail: "Authorization header missing",
      code: "AUTH_HEADER_MISSING",
      type: "/errors/AUTH_HEADER_MISSING",
    };
    expect(derive([answer("GET /config", 401, body)])).toMatchObject({ mode: "jwt", isOurs: true });
  });
});

it("keeps only the outcome where nothing came back", () => {
  const probe = {
    outcome: "cors-refused" as const,
    answers: [answer("GET /info", 200, { auth_mode: "none" })],
  };
  expect(deriveObservation(probe)).toMatchObject({ outcome: "cors-refused", mode: null });
});
