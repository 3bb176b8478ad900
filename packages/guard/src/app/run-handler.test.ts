import { describe, expect, it } from "vitest";
import type { RequestContext, RouteHandler } from "./route-handler.ts";
import { runHandler } from "./run-handler.ts";

const context = {} as RequestContext;
const response = new Response("mine");
const run = (handler: unknown) => runHandler(handler as RouteHandler, context);

/** The error that a handler ends in, whether it comes at once or later. */
async function errorOf(handler: unknown): Promise<unknown> {
  try {
    return await run(handler);
  } catch (error) {
    return error;
  }
}

describe("runHandler", () => {
  it("gives a response that is there at once", () => {
    expect(run(() => response)).toBe(response);
  });

  it.each([
    ["a promise", () => Promise.resolve(response)],
    // oxlint-disable-next-line unicorn/no-thenable -- other libraries' promises are such objects
    ["another library's promise", () => ({ then: (take: (value: Response) => void) => take(response) })],
  ])("waits for %s", async (_, handler) => {
    expect(await run(handler)).toBe(response);
  });

  it("hands on the error that a handler throws or rejects with", async () => {
    const error = new Error("mine");
    expect(
      await errorOf(() => {
        throw error;
      }),
    ).toBe(error);
    expect(await errorOf(() => Promise.reject(error))).toBe(error);
  });

  it("makes an error of everything else that is thrown, so that the request is answered", async () => {
    const wrapped = { message: "a handler threw something that is no error", cause: "text" };
    const throwsText = () => {
      // oxlint-disable-next-line typescript/only-throw-error -- an application's handler may
      throw "text";
    };
    expect(await errorOf(throwsText)).toMatchObject(wrapped);
    expect(await errorOf(async () => throwsText())).toMatchObject(wrapped);
  });

  it.each([
    ["nothing", undefined],
    ["an object", { status: 200 }],
  ])("takes %s for no response", async (_, value) => {
    const error = { message: "a handler returned no response" };
    expect(await errorOf(() => value)).toMatchObject(error);
    expect(await errorOf(async () => value)).toMatchObject(error);
  });
});
