/** Questions at a terminal, and where there is none. */
import { describe, expect, it } from "vitest";
import { createConfirm } from "./confirm.ts";
import { createLinePrompt } from "./line-prompt.ts";
import { CTRL_C, CTRL_D, openTypedTerminal } from "./typed-terminal.fixture.ts";

describe("a question that wants a yes", () => {
  it.each([
    ["y\r", true],
    ["Yes\r", true],
    ["n\r", false],
    ["\r", false],
    [CTRL_C, undefined],
    [CTRL_D, undefined],
  ])("is answered by %j", async (keys, expected) => {
    const terminal = openTypedTerminal();
    const answer = createConfirm(terminal)("Sure? ");
    terminal.stdin.write(keys);
    expect(await answer).toBe(expected);
    expect(terminal.shown()).toContain("Sure? ");
  });

  it.each(["stdin", "stderr"] as const)("is not asked where %s is no terminal", async (name) => {
    const terminal = openTypedTerminal();
    terminal[name].isTTY = false;
    terminal.stdin.end("y\n");
    expect(await createConfirm(terminal)("Sure? ")).toBeUndefined();
    expect(terminal.shown()).toBe("");
  });
});

describe("a question within a conversation", () => {
  const until = new AbortController().signal;

  it("is not answered by what was typed before it, which stays the next message", async () => {
    const { stdin, stderr } = openTypedTerminal();
    const prompt = createLinePrompt({ stdin, stderr });
    const first = prompt.ask("you > ");
    stdin.write("go\ry\r");
    expect(await first).toBe("go");
    const answer = prompt.confirm("Sure? ", until);
    stdin.write("n\r");
    expect(await answer).toBe(false);
    expect(await prompt.ask("you > ")).toBe("y");
    prompt.close();
  });

  it("is left when its signal aborts, and takes no line after that", async () => {
    const { stdin, stderr } = openTypedTerminal();
    const prompt = createLinePrompt({ stdin, stderr });
    const stop = new AbortController();
    prompt.onInterrupt(() => stop.abort());
    const answer = prompt.confirm("Sure? ", stop.signal);
    stdin.write(CTRL_C);
    expect(await answer).toBeUndefined();
    stdin.write("hello again\r");
    expect(await prompt.ask("you > ")).toBe("hello again");
    prompt.close();
  });

  it("is asked of nobody in a pipe, whose lines stay messages", async () => {
    const terminal = openTypedTerminal();
    terminal.stdin.isTTY = false;
    const prompt = createLinePrompt(terminal);
    terminal.stdin.end("y\n");
    expect(await prompt.confirm("Sure? ", until)).toBeUndefined();
    expect(await prompt.ask("you > ")).toBe("y");
    prompt.close();
  });
});
