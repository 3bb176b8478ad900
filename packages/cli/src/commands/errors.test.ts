/** The catalogue on the command line. */
import { ERRORS } from "@agentos/contract";
import { describe, expect, it } from "vitest";
import { runInProcess } from "../program/run-in-process.fixture.ts";

describe("agentos errors", () => {
  it("says cause, fix, status and page of every code, with no place left open", async () => {
    for (const code of Object.keys(ERRORS)) {
      const { stdout, code: exit } = await runInProcess(["errors", code]);
      expect(exit).toBe(0);
      expect(stdout).toContain(code);
      expect(stdout, code).toMatch(/cause {3}\S[^]*fix {5}\S/);
      expect(stdout, code).not.toMatch(/\{[a-z_]+\}|undefined/);
      expect(stdout).toContain(`/errors/${code}`);
    }
  });

  it("gives one as an object, and several as a list", async () => {
    const one = await runInProcess(["errors", "auth_token_expired", "--json"]);
    expect(JSON.parse(one.stdout)).toMatchObject({
      code: "AUTH_TOKEN_EXPIRED",
      status: 401,
      detail: "Token has expired",
    });
    const begun = JSON.parse(
      (await runInProcess(["errors", "SCOPE_", "--json"])).stdout,
    ) as readonly unknown[];
    expect(begun.length).toBeGreaterThan(3);
    const all = await runInProcess(["errors"]);
    for (const code of Object.keys(ERRORS)) expect(all.stdout).toContain(code);
  });

  it("says where one is met that is no answer and stops no start", async () => {
    const { stdout } = await runInProcess(["errors", "RUN_CALLER_SOCKETS"]);
    expect(stdout).toContain("a frame `auth_error` on the WebSocket, which is then closed with 1008");
    expect(stdout).not.toContain("429");
    const { stdout: id } = await runInProcess(["errors", "CONFIG_ID_FIXED"]);
    expect(id).toContain("an error of `replacePolicy()`");
    expect(id).not.toContain("at the start");
    const { stdout: json } = await runInProcess(["errors", "AUTH_SOCKET_OTHER_CALLER", "--json"]);
    expect(JSON.parse(json)).toMatchObject({
      status: null,
      seen: expect.stringContaining("a frame") as unknown,
    });
  });

  it("names the nearest code for a typing error, and repeats nothing that is no code", async () => {
    await expect(runInProcess(["errors", "AUTH_TOKEN_EXPIERD"])).rejects.toMatchObject({
      exitCode: 1,
      fix: expect.stringContaining("agentos errors AUTH_TOKEN_EXPIRED") as unknown,
    });
    await expect(runInProcess(["errors", "CONFIG_SUBJECTS_SHARED"])).rejects.toThrow("was a code once");
    const secret = "s3cr3t-Security-Key-0123456789";
    await expect(runInProcess(["errors", secret])).rejects.toThrow(/^the argument is no error code$/);
  });
});
