import { expect, it } from "vitest";
import { describeCall, describeWholeCall } from "./run-printer.ts";

it("a call that is asked about is shown whole, and one that is told of in short", () => {
  const tool = { tool_name: "send_mail", tool_args: { note: "x".repeat(500), to: "somebody@else.example" } };
  expect(describeCall(tool)).not.toContain("somebody@else.example");
  expect(describeWholeCall(tool)).toContain("somebody@else.example");
  expect(describeWholeCall({ tool_name: "a\u001b[2Jb" })).not.toContain("\u001b");
});
