import { describe, expect, it } from "vitest";
import { createTestRuntime } from "../test-run.fixture.ts";
import { MAX_MEDIA_COUNT, MAX_OPTION_JSON_MARKS } from "./form-limits.ts";
import { parseRunForm } from "./parse-run-form.ts";

async function parse(body: unknown, contentType = "application/json") {
  const runtime = createTestRuntime();
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const headers = { "content-type": contentType };
  const request = new Request("http://localhost/agents/a/runs", { method: "POST", body: text, headers });
  return { result: await parseRunForm(request, { runtime }), log: runtime.log };
}

async function valueOf(body: unknown, contentType?: string) {
  const { result } = await parse(body, contentType);
  if (!result.ok) throw new Error(JSON.stringify(result.fault));
  return result.value;
}

async function faultOf(body: unknown) {
  const { result, log } = await parse(body);
  expect(log).toEqual([]);
  return result.ok ? undefined : result.fault;
}

const missingMessage = { type: "missing", loc: ["body", "message"], msg: "Field required", input: null };

describe("a JSON body of a run", () => {
  it.each(["application/json", "application/json; charset=utf-8", "application/vnd.acme+json"])(
    "has the fields of the form in JSON's own types, as %s",
    async (contentType) => {
      const body = {
        message: "Grüße & mehr 😀",
        stream: false,
        background: true,
        stream_events: true,
        version: 3,
        session_id: "s",
        user_id: "u",
        session_state: { a: 1 },
        dependencies: { b: [2] },
        metadata: { c: null },
        factory_input: {},
        images: [{ content: "aGk=", format: "png" }],
        files: [],
      };
      expect(await valueOf(body, contentType)).toEqual({
        message: "Grüße & mehr 😀",
        stream: false,
        background: true,
        sessionId: "s",
        userId: "u",
        sessionState: { a: 1 },
        dependencies: { b: [2] },
        metadata: { c: null },
        media: [
          {
            kind: "image",
            id: "id-1",
            mimeType: "image/png",
            filename: undefined,
            source: { type: "bytes", bytes: new Uint8Array([104, 105]) },
          },
        ],
      });
    },
  );

  it("may say a field as a form does", async () => {
    const body = {
      message: "hi",
      stream: "no",
      version: "3",
      session_state: '{"a":1}',
      metadata: "null",
      input_files: '[{"content":"aGk=","mime_type":"text/plain"}]',
    };
    expect(await valueOf(body)).toMatchObject({
      stream: false,
      sessionState: { a: 1 },
      metadata: undefined,
      media: [{ kind: "file", mimeType: "text/plain" }],
    });
  });

  it("has nothing in fields that are null or empty text", async () => {
    const names = [
      "stream",
      "session_id",
      "user_id",
      "version",
      "session_state",
      "images",
      "factory_input",
      "files",
    ];
    for (const nothing of [null, ""]) {
      const body = Object.fromEntries(names.map((name) => [name, nothing]));
      expect(await valueOf({ ...body, message: "hi" })).toMatchObject({
        stream: true,
        sessionId: undefined,
        userId: undefined,
        sessionState: undefined,
        media: [],
      });
    }
  });

  it.each(["", "{}", { message: null }, { message: "" }, { run_id: "x" }])(
    "misses the message in %j, and nothing else",
    async (body) => {
      expect(await faultOf(body)).toEqual({ status: 422, detail: [missingMessage] });
    },
  );

  it("names every wrong type at once, and drops none", async () => {
    const fault = await faultOf({
      message: 5,
      stream: "perhaps",
      background: [],
      stream_events: {},
      version: 1.5,
      session_id: 7,
      user_id: { name: "alice" },
      session_state: [1],
      dependencies: "{broken",
      metadata: true,
      images: {},
      audio: "nothing",
      files: ["a.png"],
    });
    expect(fault).toMatchObject({ status: 422 });
    const detail = fault !== undefined && "status" in fault && fault.status === 422 ? fault.detail : [];
    expect(detail.map(({ type, loc, input }) => [type, loc.join("."), input])).toEqual([
      ["string_type", "body.message", 5],
      ["bool_parsing", "body.stream", "perhaps"],
      ["bool_type", "body.background", null],
      ["bool_type", "body.stream_events", null],
      ["int_from_float", "body.version", 1.5],
      ["string_type", "body.session_id", 7],
      ["string_type", "body.user_id", null],
      ["dict_type", "body.session_state", null],
      ["dict_type", "body.dependencies", "{broken"],
      ["dict_type", "body.metadata", true],
      ["list_type", "body.images", null],
      ["list_type", "body.audio", "nothing"],
      ["value_error", "body.files", null],
    ]);
  });

  it("says how to send files", async () => {
    expect(await faultOf({ message: "hi", files: ["aGk="] })).toEqual({
      status: 422,
      detail: [
        {
          type: "value_error",
          loc: ["body", "files"],
          msg: 'Value error, files cannot be sent as JSON; send base64 "content" in "input_files", "images", "audio" or "videos", or send multipart/form-data',
          input: null,
        },
      ],
    });
    expect(await faultOf({ message: "hi", input_files: [{ content: "aGk=" }] })).toBeUndefined();
  });

  it.each<[unknown, string]>([
    [[1], "factory_input must be a JSON object, got list"],
    [3, "factory_input must be a JSON object, got int"],
    ["{", "factory_input must be valid JSON: it cannot be parsed"],
    [
      { a: Array.from({ length: MAX_OPTION_JSON_MARKS }, () => 1) },
      `factory_input is too large: at most ${MAX_OPTION_JSON_MARKS} brackets, commas and colons outside of texts; this has more`,
    ],
  ])("answers a wrong factory_input with 400", async (input, detail) => {
    expect(await faultOf({ message: "hi", factory_input: input })).toEqual({ status: 400, detail });
    expect(await faultOf({ message: "hi", factory_input: { a: 1 } })).toBeUndefined();
  });

  it("holds an option and the media to the form's limits", async () => {
    const values = (count: number) => ({ a: Array.from({ length: count }, () => 1) });
    expect(await faultOf({ message: "hi", metadata: values(MAX_OPTION_JSON_MARKS - 4) })).toBeUndefined();
    expect(await faultOf({ message: "hi", metadata: values(MAX_OPTION_JSON_MARKS - 3) })).toMatchObject({
      status: 422,
      detail: [{ type: "value_error", loc: ["body", "metadata"] }],
    });
    const media = (count: number) => Array.from({ length: count }, () => ({ content: "aGk=" }));
    expect(await faultOf({ message: "hi", images: media(MAX_MEDIA_COUNT) })).toBeUndefined();
    expect(await faultOf({ message: "hi", images: media(MAX_MEDIA_COUNT), audio: media(1) })).toEqual({
      code: "INPUT_MEDIA_TOO_MANY",
      limit: MAX_MEDIA_COUNT,
    });
    const junk = await faultOf({ message: "hi", images: Array.from({ length: 10_000 }, () => 1) });
    expect(junk).toMatchObject({ status: 422, detail: { length: MAX_MEDIA_COUNT + 1 } });
  });

  it.each(["message", "session_id", "user_id", "session_state", "metadata"])(
    "refuses half a character in %s, which no UTF-8 can hold",
    async (name) => {
      const write = (text: string) =>
        `{"message":"hi","${name}":${name.endsWith("a") || name.endsWith("state") ? `{"a":"${text}"}` : `"${text}"`}}`;
      expect(await faultOf(write("\\ud83d"))).toMatchObject({
        status: 422,
        detail: [{ type: "string_unicode", loc: ["body", name], input: null }],
      });
      expect(await faultOf(write("\\ud83d\\ude00"))).toBeUndefined();
    },
  );

  it.each(["id", "filename", "url"])("refuses half a character in the %s of a medium", async (key) => {
    const write = (text: string) =>
      `{"message":"hi","images":[{"content":"aGk=","${key}":"https://cdn.example.com/${text}"}]}`;
    expect(await faultOf(write("\\ude00"))).toMatchObject({ detail: [{ loc: ["body", "images", 0, key] }] });
    expect(await faultOf(write("x"))).toBeUndefined();
  });
});
