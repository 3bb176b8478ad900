import { describe, expect, it, vi } from "vitest";
import { MAX_BOUNDARY_LENGTH, MAX_CONTENT_TYPE_LENGTH, MAX_PART_HEADER_BYTES } from "./form-limits.ts";
import { readBody } from "./read-body.ts";
import { RUN_FIELDS } from "./run-body.ts";

const LIMITS = { maxBytes: 1_000_000, maxFields: 3 };
const DAMAGED = { status: 400, detail: "There was an error parsing the body" };

function post(contentType: string, body: string | ReadableStream): Request {
  return new Request("http://localhost/", {
    method: "POST",
    body,
    headers: { "content-type": contentType },
    ...(typeof body === "string" ? {} : { duplex: "half" }),
  });
}

/** A multipart body with as many fields as there are names. */
function parts(boundary: string, ...names: string[]): string {
  const fields = names.map(
    (name) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n1\r\n`,
  );
  return `${fields.join("")}--${boundary}--\r\n`;
}

async function faultOf(request: Request) {
  const form = await readBody(request, RUN_FIELDS, LIMITS);
  return form.ok ? undefined : form.fault;
}

async function fieldsOf(request: Request) {
  const form = await readBody(request, RUN_FIELDS, LIMITS);
  if (!form.ok) throw new Error(JSON.stringify(form.fault));
  return [...form.value.values];
}

describe("the boundary of a multipart form", () => {
  it("is refused over the length of RFC 2046 before the body is read, and taken at it", async () => {
    let pulled = 0;
    const body = new ReadableStream(
      {
        pull(controller) {
          pulled += 1;
          controller.enqueue(new TextEncoder().encode("-".repeat(1_000)));
          if (pulled === 500) controller.close();
        },
      },
      { highWaterMark: 0 },
    );
    expect(
      await faultOf(post(`multipart/form-data; boundary=${"-".repeat(MAX_BOUNDARY_LENGTH + 1)}`, body)),
    ).toEqual({
      status: 400,
      detail: "The boundary is longer than 70 characters",
    });
    expect(pulled).toBe(0);
    const longest = "b".repeat(MAX_BOUNDARY_LENGTH);
    expect(
      await fieldsOf(post(`multipart/form-data; boundary=${longest}`, parts(longest, "message"))),
    ).toEqual([["message", "1"]]);
  });

  it("is counted up to the limit and no further, in a body made of nothing else", async () => {
    const dashes = "-".repeat(MAX_BOUNDARY_LENGTH);
    expect(await faultOf(post(`multipart/form-data; boundary=${dashes}`, "-".repeat(900_000)))).toMatchObject(
      { code: "INPUT_FIELDS_TOO_MANY" },
    );
  });

  it.each([
    ["quoted text that looks like one", 'multipart/form-data; a="; boundary=zzzzz"; boundary=REAL'],
    ["quoted text behind an escaped quote", 'multipart/form-data; a="\\"; boundary=zzzzz"; boundary=REAL'],
    ["another parameter whose name ends the same", "multipart/form-data; x-boundary=zzzzz; boundary=REAL"],
    ["quotes of its own", 'multipart/form-data; charset=utf-8 ; Boundary="REAL"'],
    ["escapes in its quotes", 'multipart/form-data; boundary="RE\\AL"'],
  ])("is the one that counts, whatever stands beside it: %s", async (_, contentType) => {
    expect(await faultOf(post(contentType, parts("REAL", "a", "b", "c", "d")))).toEqual({
      code: "INPUT_FIELDS_TOO_MANY",
      limit: 3,
    });
    expect(await fieldsOf(post(contentType, parts("REAL", "message", "stream", "x")))).toHaveLength(2);
  });

  it.each([
    "multipart/form-data; boundary=REAL; boundary=zzzzz",
    "multipart/form-data; boundary=zzzzz; BOUNDARY=REAL",
    'multipart/form-data; boundary="REAL"; boundary="REAL"',
  ])("is refused when there are two: %s", async (contentType) => {
    expect(await faultOf(post(contentType, parts("REAL", "a")))).toEqual({
      status: 400,
      detail: "The content type names more than one boundary",
    });
  });

  it.each([
    "multipart/form-data",
    "multipart/form-data;",
    "multipart/form-data; boundary",
    "multipart/form-data; boundary=",
    'multipart/form-data; boundary=""',
    'multipart/form-data; boundary="REAL',
    'multipart/form-data; boundary="REAL"x',
    'multipart/form-data; boundary="REAL "',
    'multipart/form-data; boundary="RE\\"AL"',
    'multipart/form-data; boundary="RE;AL"',
    "multipart/form-data; boundary =REAL",
    "multipart/form-data; boundary=REAL, multipart/form-data; boundary=zzzzz",
    "multipart/form-data; a; boundary=REAL",
    'multipart/form-data; a="; boundary=REAL',
  ])("is refused when it is missing or damaged: %s", async (contentType) => {
    expect(await faultOf(post(contentType, parts("REAL", "a")))).toEqual(DAMAGED);
  });

  it("is not searched in a content type of any length", async () => {
    const padding = "a".repeat(MAX_CONTENT_TYPE_LENGTH);
    expect(
      await faultOf(post(`multipart/form-data; a=${padding}; boundary=REAL`, parts("REAL", "a"))),
    ).toMatchObject({ status: 400 });
  });

  it.each(["----WebKitFormBoundaryAbc", "=_Part/1:2?(x)+'y',z._-"])("may be %s", async (boundary) => {
    const request = post(`multipart/form-data; boundary="${boundary}"`, parts(boundary, "message", "stream"));
    expect(await fieldsOf(request)).toHaveLength(2);
  });
});

describe("the parts of a form", () => {
  const part = (bytes: number) => {
    const before = 'Content-Disposition: form-data; name="';
    const name = "n".repeat(bytes - "\r\n".length - before.length - '"\r\n\r\n'.length);
    return `--b\r\n${before}${name}"\r\n\r\n1\r\n`;
  };

  it("may have headers up to the limit, in each of them", async () => {
    const read = (...sizes: number[]) =>
      faultOf(post("multipart/form-data; boundary=b", `${sizes.map(part).join("")}--b--\r\n`));
    expect(await read(MAX_PART_HEADER_BYTES, 200)).toBeUndefined();
    const refused = { code: "INPUT_PART_HEADERS_TOO_LARGE", limit: MAX_PART_HEADER_BYTES };
    expect(await read(MAX_PART_HEADER_BYTES + 1, 200)).toEqual(refused);
    expect(await read(200, MAX_PART_HEADER_BYTES + 1)).toEqual(refused);
  });

  it("may have values of any size under the limit of the form", async () => {
    const body = parts("b", "a").replace("\r\n\r\n1\r\n", `\r\n\r\n${"1".repeat(100_000)}\r\n`);
    expect(await faultOf(post("multipart/form-data; boundary=b", body))).toBeUndefined();
  });

  it.each([
    ["no disposition", 'Content-Type: text/plain; name="a"'],
    ["a misspelt disposition", 'Content-Dispositon: form-data; name="a"'],
    ["the disposition of a mail", 'Content-Disposition: attachment; name="a"'],
    ["no name", "Content-Disposition: form-data"],
    ["a name whose quote has no end", 'Content-Disposition: form-data; name="a'],
    ["a line that is no header", 'Content-Disposition: form-data; name="a"\r\nnonsense'],
  ])("are refused, never passed over, when one has %s", async (_, headers) => {
    const read = (written: string) =>
      post("multipart/form-data; boundary=b", `--b\r\n${written}\r\n\r\n1\r\n${parts("b", "message")}`);
    expect(await faultOf(read(headers))).toEqual(DAMAGED);
    expect(await fieldsOf(read('Content-Disposition: form-data; name="stream"'))).toHaveLength(2);
  });

  it("are counted again when the parser finds more than we did", async () => {
    const found = new FormData();
    for (const name of ["message", "a", "b"]) found.append(name, "1");
    const formData = vi.spyOn(Response.prototype, "formData").mockResolvedValue(found);
    const read = () => fieldsOf(post("multipart/form-data; boundary=b", parts("b", "message")));
    expect(await read()).toEqual([["message", "1"]]);
    found.append("c", "1");
    await expect(read()).rejects.toThrow("INPUT_FIELDS_TOO_MANY");
    formData.mockRestore();
  });

  it("have the file names that a browser has escaped", async () => {
    const written = 'form-data; name="files"; filename="%22ü%22.txt"';
    const body = `--b\r\nContent-Disposition: ${written}\r\n\r\n1\r\n--b--\r\n`;
    const read = await readBody(post("multipart/form-data; boundary=b", body), RUN_FIELDS, LIMITS);
    expect(read).toMatchObject({ ok: true, value: { files: [{ name: '"ü".txt' }] } });
  });

  it.each([
    ["a=1&stream=2&message=3", 2],
    ["a=1&stream=2&message=3&", 2],
    ["&stream=1&stream=2", 1],
  ])("are counted exactly in the urlencoded form %s", async (body, known) => {
    const request = post("application/x-www-form-urlencoded; charset=utf-8", body);
    expect(await fieldsOf(request)).toHaveLength(known);
  });

  it.each(["a=1&b=2&c=3&d=4", "a&a&a&a", "&&&&"])("are too many in the urlencoded form %s", async (body) => {
    expect(await faultOf(post("application/x-www-form-urlencoded", body))).toMatchObject({
      code: "INPUT_FIELDS_TOO_MANY",
    });
  });
});
