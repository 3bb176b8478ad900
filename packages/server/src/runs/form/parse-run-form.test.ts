import { TOKEN_SHAPED } from "@agentos/testkit";
import { afterEach, describe, expect, it, vi } from "vitest";
import { MAX_SESSION_STATE_BYTES } from "../run-limits.ts";
import { createTestRuntime } from "../test-run.fixture.ts";
import { MAX_MEDIA_COUNT, MAX_MESSAGE_LENGTH, MAX_OPTION_JSON_LENGTH } from "./form-limits.ts";
import { parseRunForm } from "./parse-run-form.ts";
import type { FormLimits } from "./run-body.ts";

const encoded = (fields: Record<string, string> | string) =>
  new Request("http://localhost/agents/a/runs", { method: "POST", body: new URLSearchParams(fields) });

function multipart(fields: Record<string, string | File | readonly File[]>): Request {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) {
    for (const item of typeof value === "string" || value instanceof File ? [value] : value)
      body.append(name, item);
  }
  return new Request("http://localhost/agents/a/runs", { method: "POST", body });
}

async function parse(request: Request, limits?: FormLimits) {
  const runtime = createTestRuntime();
  const result = await parseRunForm(request, limits === undefined ? { runtime } : { runtime, limits });
  return { result, log: runtime.log };
}

async function valueOf(request: Request) {
  const { result } = await parse(request);
  if (!result.ok) throw new Error(JSON.stringify(result.fault));
  return result.value;
}

async function faultOf(request: Request, limits?: FormLimits) {
  const { result } = await parse(request, limits);
  return result.ok ? undefined : result.fault;
}

const missingMessage = { type: "missing", loc: ["body", "message"], msg: "Field required", input: null };
const bad = (type: string, field: string, msg: string, input: unknown) => ({
  type,
  loc: ["body", field],
  msg,
  input,
});
const badBoolean = "Input should be a valid boolean, unable to interpret input";
const badInteger = "Input should be a valid integer, unable to parse string as an integer";

describe("parseRunForm", () => {
  it.each([
    ["urlencoded", encoded({ message: "Grüße & mehr", session_id: "s", user_id: "u", stream: "false" })],
    ["multipart", multipart({ message: "Grüße & mehr", session_id: "s", user_id: "u", stream: "false" })],
  ])("reads a %s form", async (_, request) => {
    expect(await valueOf(request)).toEqual({
      message: "Grüße & mehr",
      stream: false,
      background: false,
      sessionId: "s",
      userId: "u",
      sessionState: undefined,
      dependencies: undefined,
      metadata: undefined,
      media: [],
    });
  });

  it("streams by default, and takes empty fields as absent", async () => {
    const value = await valueOf(
      encoded({ message: "hi", session_id: "", stream: "", version: "", background: "" }),
    );
    expect(value).toMatchObject({ stream: true, background: false, sessionId: undefined });
  });

  it.each(["true", "TRUE", "1", "yes", "on", "On"])("takes %j as true", async (word) => {
    expect((await valueOf(encoded({ message: "hi", background: word }))).background).toBe(true);
  });

  it.each(["false", "False", "0", "no", "off"])("takes %j as false", async (word) => {
    expect((await valueOf(encoded({ message: "hi", stream: word }))).stream).toBe(false);
  });

  it.each<[string, Request]>([
    ["a form without the field", encoded({ stream: "true" })],
    ["an empty field", encoded({ message: "" })],
  ])("misses the message in %s", async (_, request) => {
    expect(await faultOf(request)).toEqual({ status: 422, detail: [missingMessage] });
  });

  it("names every wrong field at once", async () => {
    expect(
      await faultOf(encoded({ stream: "maybe", version: "abc", background: "2", stream_events: "x" })),
    ).toEqual({
      status: 422,
      detail: [
        missingMessage,
        bad("bool_parsing", "stream", badBoolean, "maybe"),
        bad("bool_parsing", "background", badBoolean, "2"),
        bad("bool_parsing", "stream_events", badBoolean, "x"),
        bad("int_parsing", "version", badInteger, "abc"),
      ],
    });
  });

  it.each(["1", " 2 ", "-3"])("takes the version %j", async (version) => {
    expect(await valueOf(encoded({ message: "hi", version }))).toMatchObject({ message: "hi" });
  });

  it("refuses a message over the limit, and takes one at it", async () => {
    const at = "x".repeat(MAX_MESSAGE_LENGTH);
    expect((await valueOf(encoded({ message: at }))).message).toBe(at);
    expect(await faultOf(encoded({ message: `${at}x` }))).toMatchObject({
      status: 422,
      detail: [{ type: "string_too_long" }],
    });
  });

  it("ignores fields that it does not know, a client's run id among them", async () => {
    const value = await valueOf(
      encoded({ message: "hi", run_id: "mine", agent: "x", debug_mode: "maybe", __proto__: "x" }),
    );
    expect(JSON.stringify(value)).not.toContain("mine");
  });

  it("reads JSON options, and drops with a warning what is not a JSON object", async () => {
    const good = await parse(
      encoded({ message: "hi", session_state: '{"a":1}', dependencies: "null", metadata: "None" }),
    );
    expect(good.result).toMatchObject({
      ok: true,
      value: { sessionState: { a: 1 }, dependencies: undefined },
    });
    expect(good.log).toEqual([]);
    const dropped = await parse(
      encoded({ message: "hi", session_state: "{broken", dependencies: "[1]", metadata: "7" }),
    );
    expect(dropped.result).toMatchObject({
      ok: true,
      value: { sessionState: undefined, dependencies: undefined, metadata: undefined },
    });
    expect(dropped.log.map((line) => line.facts)).toEqual([
      { field: "session_state" },
      { field: "dependencies" },
      { field: "metadata" },
    ]);
    expect(dropped.log[0]?.text).toBe('"session_state" is not a JSON object; the run goes on without it');
  });

  it("drops with a warning an option that has half a character in it, and takes a whole one", async () => {
    const { result, log } = await parse(
      encoded({ message: "hi", session_state: '{"a":"\\ud83d"}', metadata: '{"a":"\\ud83d\\ude00"}' }),
    );
    expect(result).toMatchObject({ ok: true, value: { sessionState: undefined, metadata: { a: "😀" } } });
    expect(log.map((line) => line.facts)).toEqual([{ field: "session_state" }]);
  });

  it.each([
    ["urlencoded", "application/x-www-form-urlencoded", "message=a\u00ffb"],
    [
      "multipart",
      "multipart/form-data; boundary=REAL",
      '--REAL\r\nContent-Disposition: form-data; name="message"\r\n\r\na\u00ffb\r\n--REAL--\r\n',
    ],
  ])("has U+FFFD for a byte that is not UTF-8 in a %s form", async (_, type, body) => {
    const bytes = Buffer.from(body, "latin1");
    const headers = { "content-type": type };
    expect((await valueOf(new Request("http://x/", { method: "POST", body: bytes, headers }))).message).toBe(
      "a\ufffdb",
    );
  });

  it.each([
    ["{", 400, "factory_input must be valid JSON: it cannot be parsed"],
    ["[1]", 400, "factory_input must be a JSON object, got list"],
    ["3", 400, "factory_input must be a JSON object, got int"],
  ])("answers factory_input=%j with %i", async (text, status, detail) => {
    expect(await faultOf(encoded({ message: "hi", factory_input: text }))).toEqual({ status, detail });
  });
});

describe("an option that is JSON and too large", () => {
  const long = (length: number) => `{"a":"${"x".repeat(length - '{"a":""}'.length)}"}`;
  const writings: [string, (fields: Readonly<Record<string, string>>) => Request][] = [
    ["urlencoded", encoded],
    ["multipart", multipart],
    [
      "JSON",
      ({ message, ...options }) => {
        const values = Object.entries(options).map(([name, text]) => [name, JSON.parse(text) as unknown]);
        return new Request("http://x/", {
          method: "POST",
          body: JSON.stringify({ message, ...Object.fromEntries(values) }),
          headers: { "content-type": "application/json" },
        });
      },
    ],
  ];

  it.each(writings)(
    "is refused with both numbers in a body of %s, and taken at the limit",
    async (_, make) => {
      for (const name of ["dependencies", "metadata"]) {
        const msg = "Value error, at most 262144 characters; this has 300010";
        expect(await faultOf(make({ message: "hi", [name]: long(300_010) }))).toEqual({
          status: 422,
          detail: [{ type: "value_error", loc: ["body", name], msg, input: null }],
        });
        expect(await faultOf(make({ message: "hi", [name]: long(MAX_OPTION_JSON_LENGTH) }))).toBeUndefined();
      }
      expect(await faultOf(make({ message: "hi", factory_input: long(300_010) }))).toEqual({
        status: 400,
        detail: "factory_input is too large: at most 262144 characters; this has 300010",
      });
    },
  );

  it.each(writings)("is a state of its own code in a body of %s, by its bytes", async (_, make) => {
    const fault = { code: "RUN_STATE_TOO_LARGE", limit: MAX_SESSION_STATE_BYTES };
    const ofTwoBytes = `{"a":"${"ä".repeat(140_000)}"}`;
    for (const text of [long(MAX_SESSION_STATE_BYTES + 1), ofTwoBytes])
      expect(await faultOf(make({ message: "hi", session_state: text }))).toEqual(fault);
    const at = long(MAX_SESSION_STATE_BYTES);
    expect(await faultOf(make({ message: "hi", session_state: at }))).toBeUndefined();
    const { log } = await parse(make({ message: "hi", session_state: at }));
    expect(log).toEqual([]);
  });

  it("is neither in text that is no JSON, which a form goes on without", async () => {
    const { result, log } = await parse(
      encoded({ message: "hi", session_state: long(300_010).slice(0, -1) }),
    );
    expect(result).toMatchObject({ ok: true, value: { sessionState: undefined } });
    expect(log.map(({ facts, text }) => [facts, text])).toEqual([
      [{ field: "session_state" }, '"session_state" is not a JSON object; the run goes on without it'],
    ]);
  });
});

describe("limits of a form", () => {
  const limits = { maxBytes: 2_000, maxFields: 3 };

  it("refuses a body over the size, told or not, and takes one under it", async () => {
    const long = "x".repeat(3_000);
    expect(await faultOf(encoded({ message: long }), limits)).toMatchObject({
      code: "INPUT_BODY_TOO_LARGE",
      limit: 2_000,
    });
    const untold = new Request("http://x/", {
      method: "POST",
      body: new Blob([`message=${long}`]).stream(),
      headers: { "content-type": "application/x-www-form-urlencoded" },
      duplex: "half",
    });
    expect(await faultOf(untold, limits)).toMatchObject({ code: "INPUT_BODY_TOO_LARGE", limit: 2_000 });
    expect(await faultOf(encoded({ message: "x" }), limits)).toBeUndefined();
  });

  it("stops reading at the limit", async () => {
    let pulled = 0;
    const endless = new ReadableStream({
      pull(controller) {
        pulled += 1;
        controller.enqueue(new TextEncoder().encode("x".repeat(1_000)));
      },
    });
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    const request = new Request("http://x/", {
      method: "POST",
      body: endless,
      headers,
      duplex: "half",
    });
    expect(await faultOf(request, limits)).toMatchObject({ code: "INPUT_BODY_TOO_LARGE", limit: 2_000 });
    expect(pulled).toBeLessThan(6);
  });

  it.each([
    [
      "urlencoded",
      (count: number) => encoded(Array.from({ length: count }, (_, index) => `f${index}=1`).join("&")),
    ],
    [
      "multipart",
      (count: number) =>
        multipart(Object.fromEntries(Array.from({ length: count }, (_, index) => [`f${index}`, "1"]))),
    ],
  ])("refuses too many %s fields, and takes as many as are allowed", async (_, make) => {
    expect(await faultOf(make(3), limits)).toMatchObject({ status: 422 });
    expect(await faultOf(make(6), limits)).toEqual({
      code: "INPUT_FIELDS_TOO_MANY",
      limit: 3,
    });
  });

  it.each([
    ["without a boundary", "multipart/form-data", "x"],
    ["with a damaged body", "multipart/form-data; boundary=b", "--b\r\nnonsense"],
  ])("answers a multipart body %s with 400", async (_, type, body) => {
    const request = new Request("http://x/", { method: "POST", body, headers: { "content-type": type } });
    expect(await faultOf(request)).toEqual({ status: 400, detail: "There was an error parsing the body" });
  });
});

describe("JSON of a form that costs more than it says", () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  const bombs: [string, string][] = [
    ["objects", `[${"{},".repeat(200_000)}{}]`],
    ["open brackets", "[".repeat(600_000)],
    ["nested lists", `${"[".repeat(33)}${"]".repeat(33)}`],
    ["keys of one entry", `[{${Array.from({ length: 100_000 }, (_, index) => `"${index}":0`).join(",")}}]`],
  ];

  it.each(bombs)("is refused unparsed in a media list of %s", async (_, text) => {
    const jsonParse = vi.spyOn(JSON, "parse");
    for (const name of ["images", "audio", "videos", "input_files"]) {
      expect(await faultOf(multipart({ message: "hi", [name]: text }))).toEqual({
        code: "INPUT_MEDIA_TOO_COMPLEX",
        limit: MAX_MEDIA_COUNT,
        field: name,
      });
    }
    expect(jsonParse).not.toHaveBeenCalled();
  });

  it.each(bombs)("is refused unparsed in an option of %s", async (_, text) => {
    const jsonParse = vi.spyOn(JSON, "parse");
    const names = ["session_state", "dependencies", "metadata"];
    const fields = Object.fromEntries(names.map((name) => [name, text]));
    expect(await faultOf(multipart({ message: "hi", ...fields }))).toMatchObject({
      status: 422,
      detail: names.map((field) => ({ type: "value_error", loc: ["body", field] })),
    });
    // What does not even begin as JSON is none, and goes as other text that is none.
    const { result, log } = await parse(multipart({ message: "hi", metadata: `x${text}` }));
    expect(result).toMatchObject({ ok: true, value: { metadata: undefined } });
    expect(log.map((line) => line.facts)).toEqual([{ field: "metadata" }]);
    expect(await faultOf(multipart({ message: "hi", factory_input: text }))).toMatchObject({ status: 400 });
    expect(jsonParse).not.toHaveBeenCalled();
  });

  it("takes as many media as are allowed with every key, and content full of brackets", async () => {
    const entry = {
      id: "[{,:}]",
      content: null,
      url: `https://cdn.example.com/${"[],".repeat(500)}`,
      filepath: null,
      mime_type: "image/png",
      format: "png",
      filename: '"[',
    };
    const entries = Array.from({ length: MAX_MEDIA_COUNT }, () => entry);
    const value = await valueOf(encoded({ message: "hi", images: JSON.stringify(entries) }));
    expect(value.media).toHaveLength(MAX_MEDIA_COUNT);
  });

  it("decodes base64 without a call for each of its bytes", async () => {
    const from = vi.spyOn(Uint8Array, "from");
    const bytes = Buffer.from(Array.from({ length: 70_000 }, (_, index) => index % 256));
    const images = JSON.stringify([{ content: bytes.toString("base64") }]);
    const [media] = (await valueOf(multipart({ message: "hi", images }))).media;
    expect(media?.source).toEqual({ type: "bytes", bytes: new Uint8Array(bytes) });
    expect(from).not.toHaveBeenCalled();
  });
});

describe("media", () => {
  const images = (...entries: unknown[]) => encoded({ message: "hi", images: JSON.stringify(entries) });

  it("takes base64 content and https URLs, and never opens one", async () => {
    const value = await valueOf(
      images(
        { content: "aGk=", format: "png" },
        { id: "i2", url: "https://cdn.example.com/a.png", filepath: null },
      ),
    );
    expect(value.media).toEqual([
      {
        kind: "image",
        id: "id-1",
        mimeType: "image/png",
        filename: undefined,
        source: { type: "bytes", bytes: new Uint8Array([104, 105]) },
      },
      {
        kind: "image",
        id: "i2",
        mimeType: "image/*",
        filename: undefined,
        source: { type: "url", url: "https://cdn.example.com/a.png" },
      },
    ]);
  });

  it.each([
    [{ filepath: "/etc/passwd" }, "filepath"],
    [{ filepath: "/etc/passwd", content: "aGk=" }, "filepath"],
    [{ url: "http://example.com/a.png" }, "url"],
    [{ url: "file:///etc/passwd" }, "url"],
    [{ url: "https://user:pass@example.com/" }, "url"],
    [{ url: "https://localhost/" }, "url"],
    [{ url: "https://127.0.0.1/" }, "url"],
    [{ url: "https://0x7f000001/" }, "url"],
    [{ url: "https://[::1]/" }, "url"],
    [{ url: "https://db.internal./" }, "url"],
    [{ url: "not a url" }, "url"],
    [{ content: "***" }, "content"],
    [{ mime_type: "image/png\r\nx: y", content: "aGk=" }, "mime_type"],
    [{}, "content"],
    ["text", undefined],
    [{ content: 1 }, "content"],
  ])("refuses %j and names the key", async (entry, key) => {
    const fault = await faultOf(images({ content: "aGk=" }, entry));
    expect(fault).toMatchObject({
      status: 422,
      detail: [
        { type: "value_error", loc: ["body", "images", 1, ...(key === undefined ? [] : [key])], input: null },
      ],
    });
    expect(JSON.stringify(fault)).not.toMatch(/passwd|pass@/);
  });

  it.each(["id", "url", "mime_type", "format"])("refuses a token in the %s of a medium", async (key) => {
    const write = (text: string) =>
      images({ content: "aGk=", [key]: { url: `https://cdn.example.com/?t=${text}` }[key] ?? text });
    const fault = await faultOf(write(TOKEN_SHAPED));
    expect(fault).toMatchObject({ status: 422, detail: [{ loc: ["body", "images", 0, key], input: null }] });
    expect(JSON.stringify(fault)).not.toContain("eyJ");
    const twin = { mime_type: "image/png", format: "png" }[key] ?? "eyJ";
    expect(await parse(write(twin))).toMatchObject({ result: { ok: true } });
  });

  it("takes a token out of the name of a file", async () => {
    const named = `a ${TOKEN_SHAPED}.txt`;
    const [entry] = (await valueOf(images({ content: "aGk=", filename: named }))).media;
    const files = [new File(["a"], named, { type: "text/plain" })];
    const [upload] = (await valueOf(multipart({ message: "hi", files }))).media;
    for (const medium of [entry, upload]) expect(medium?.filename).toBe("a [redacted token]");
  });

  it("drops a list that is not a JSON array with a warning", async () => {
    const { result, log } = await parse(encoded({ message: "hi", videos: "{}" }));
    expect(result).toMatchObject({ ok: true, value: { media: [] } });
    expect(log.map((line) => line.facts)).toEqual([{ field: "videos" }]);
  });

  it("takes uploads by type, or by extension when the type says nothing", async () => {
    const files = [
      new File(["a"], "a.bin", { type: "image/png" }),
      new File(["b"], "b.PDF", { type: "application/octet-stream" }),
      new File(["c"], "c.mp3"),
      new File([], ""),
    ];
    const value = await valueOf(multipart({ message: "hi", files }));
    expect(value.media.map(({ kind, mimeType, filename }) => [kind, mimeType, filename])).toEqual([
      ["image", "image/png", "a.bin"],
      ["file", "application/pdf", "b.PDF"],
      ["audio", "audio/mpeg", "c.mp3"],
    ]);
  });

  it.each([
    ["x.exe", ""],
    ["noextension", "application/octet-stream"],
    ["x.png", "application/x-msdownload"],
  ])("refuses the upload %s of type %j", async (name, type) => {
    const request = multipart({ message: "hi", files: [new File(["x"], name, { type })] });
    expect(await faultOf(request)).toEqual({ status: 400, detail: "Unsupported file type" });
  });

  it("refuses text in place of a file, a file in place of the message, and too many media", async () => {
    expect(await faultOf(encoded({ message: "hi", files: "x" }))).toMatchObject({
      status: 422,
      detail: [{ loc: ["body", "files", 0] }],
    });
    const state = new File(["{}"], "s.json");
    expect(
      await faultOf(multipart({ message: new File(["x"], "m.txt"), session_state: state, images: state })),
    ).toMatchObject({
      status: 422,
      detail: [{ type: "string_type" }, { type: "dict_type" }, { type: "list_type" }],
    });
    expect(await faultOf(multipart({ message: "hi", factory_input: state }))).toEqual({
      status: 400,
      detail: "factory_input must be a JSON object, got UploadFile",
    });
    const many = Array.from({ length: MAX_MEDIA_COUNT + 5 }, () => ({ content: "aGk=" }));
    expect(await faultOf(images(...many))).toEqual({ code: "INPUT_MEDIA_TOO_MANY", limit: MAX_MEDIA_COUNT });
  });
});
