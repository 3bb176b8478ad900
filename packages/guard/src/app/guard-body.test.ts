import { describe, expect, it, vi } from "vitest";
import { guardBody, StreamCutError } from "./guard-body.ts";

const chunk = new TextEncoder().encode("one ");

/** A body that gives some chunks and then fails, or ends. */
function streamOf(chunks: readonly unknown[], failure?: Error): ReadableStream<Uint8Array> {
  const left = [...chunks];
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      if (left.length > 0) controller.enqueue(left.shift() as Uint8Array);
      else if (failure === undefined) controller.close();
      else controller.error(failure);
    },
  });
}

function guarded(response: Response, env: unknown = {}) {
  const onFailure = vi.fn<(error: unknown) => void>();
  return { response: guardBody(response, { onFailure, env }), onFailure };
}

describe("a streamed body", () => {
  it("arrives whole, with the status and the headers that it was given", async () => {
    const init = { status: 201, headers: { "content-type": "text/csv", "x-own": "1" } };
    const { response, onFailure } = guarded(new Response(streamOf([chunk, chunk]), init));
    expect([response.status, response.headers.get("content-type"), response.headers.get("x-own")]).toEqual([
      201,
      "text/csv",
      "1",
    ]);
    expect(await response.text()).toBe("one one ");
    expect(onFailure).not.toHaveBeenCalled();
  });

  it("that fails is told once, and a reader learns only that it was cut", async () => {
    const failure = new Error("postgres://app:hunter2@db");
    const { response, onFailure } = guarded(new Response(streamOf([chunk], failure)));
    await expect(response.text()).rejects.toThrow(new StreamCutError());
    expect(onFailure.mock.calls).toEqual([[failure]]);
  });

  it("that fails takes a connection of Node with it, which the adapter need not be told", async () => {
    const destroy = vi.fn<() => void>();
    const failing = new Response(streamOf([chunk], new Error("hunter2")));
    const { response, onFailure } = guarded(failing, { outgoing: { destroy } });
    expect(await response.text()).toBe("one ");
    expect(destroy).toHaveBeenCalledOnce();
    expect(onFailure).toHaveBeenCalledOnce();
  });

  it("that was cut for a reason in the log is not told again", async () => {
    const { response, onFailure } = guarded(new Response(streamOf([], new StreamCutError())));
    await expect(response.text()).rejects.toThrow(StreamCutError);
    expect(onFailure).not.toHaveBeenCalled();
  });

  it("may be text, and nothing else that is no bytes", async () => {
    expect(await guarded(new Response(streamOf(["two"]))).response.text()).toBe("two");
    const { response, onFailure } = guarded(new Response(streamOf([{ secret: "hunter2" }])));
    await expect(response.text()).rejects.toThrow(StreamCutError);
    expect(onFailure).toHaveBeenCalledOnce();
  });

  it("is asked for no more than a reader takes, and ends when the reader goes", async () => {
    const pull = vi.fn<(controller: ReadableStreamDefaultController<Uint8Array>) => void>((controller) =>
      controller.enqueue(chunk),
    );
    const cancel = vi.fn<(reason: unknown) => void>();
    const body = new ReadableStream<Uint8Array>({ pull, cancel }, { highWaterMark: 0 });
    const reader = guarded(new Response(body)).response.body?.getReader();
    await reader?.read();
    expect(pull).toHaveBeenCalledOnce();
    await reader?.cancel("gone");
    expect(cancel).toHaveBeenCalledWith("gone");
  });

  it("whose reader goes while it waits has not failed", async () => {
    const destroy = vi.fn<() => void>();
    const body = new ReadableStream<Uint8Array>({ pull: () => new Promise(() => {}) }, { highWaterMark: 0 });
    const { response, onFailure } = guarded(new Response(body), { outgoing: { destroy } });
    const reader = response.body?.getReader();
    const waiting = reader?.read();
    await new Promise(setImmediate);
    await reader?.cancel("gone");
    expect(await waiting).toMatchObject({ done: true });
    await new Promise(setImmediate);
    expect(onFailure).not.toHaveBeenCalled();
    expect(destroy).not.toHaveBeenCalled();
  });
});

describe("an answer that cannot be sent", () => {
  it("is a fault of the handler: a body that was read", async () => {
    const read = new Response(streamOf([chunk]));
    await read.text();
    expect(() => guarded(read)).toThrow("read already");
  });

  it("is a fault of the handler: a status that is none", () => {
    expect(() => guarded({ status: 42, headers: new Headers() } as Response)).toThrow("the status 42");
  });

  it("has no body to guard where there is none", () => {
    const response = new Response(null, { status: 204 });
    expect(guarded(response).response).toBe(response);
  });
});
