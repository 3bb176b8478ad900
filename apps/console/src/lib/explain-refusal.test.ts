import { AgentOSRefusal, ConnectionFault } from "@agentos/client";
import { expect, test } from "vitest";
import { type Diagnosis, explainRefusal, readNeededScopes } from "./explain-refusal.ts";
import type { Instance } from "./instance-state.ts";
import { isButton, planFixes } from "./refusal-fixes.ts";
import { compareSides } from "./refusal-sides.ts";

const finding = (code: string, certainty: "certain" | "likely" = "certain") => ({
  code,
  certainty,
  title: `because of ${code}`,
  evidence: [{ fact: "it was seen", source: "the answer" }],
  fix: "mend it",
  command: null,
  choices: [],
});
const diagnosis = (...causes: Diagnosis["causes"]): Diagnosis => ({ causes, knows: [] });

test("the control plane's cause stands first, the others after it", () => {
  const error = new AgentOSRefusal({ status: 401, detail: "Invalid token", denialId: "d" });
  error.request = { server: "agentos", baseUrl: "http://x", method: "GET", path: "/agents" };
  expect(
    explainRefusal({ error, diagnosis: diagnosis(finding("INSTANCE_KEY_OTHER"), finding("B", "likely")) }),
  ).toMatchObject({
    cause: "Because of INSTANCE_KEY_OTHER.",
    fix: "Mend it.",
    code: "INSTANCE_KEY_OTHER",
    certainty: "certain",
    route: "GET /agents",
    denialId: "d",
    isQuoted: false,
    others: [{ code: "B" }],
  });
});

test("of a Python AgentOS, which names scopes in its sentence alone, the control plane names what is lacking", () => {
  const detail = "Insufficient permissions. Required scope(s): agents:read, knowledge:delete";
  const error = new AgentOSRefusal({ status: 403, detail });
  const cause = {
    ...finding("TOKEN_ROLE_INSUFFICIENT", "likely"),
    required_scopes: ["agents:read", "knowledge:delete"],
    missing_scopes: ["knowledge:delete"],
  };
  const explanation = explainRefusal({ error, diagnosis: diagnosis(cause) });
  expect(readNeededScopes(explanation)).toEqual(["knowledge:delete"]);
  expect(compareSides(explanation, undefined)).toMatchObject({
    expected: "agents:read, knowledge:delete",
    got: "without knowledge:delete",
  });
  const situation = { explanation, instance: undefined, consoleOrigin: "https://console.example" };
  expect(planFixes({ ...situation, whoGives: "an Owner" })).toMatchObject([
    { kind: "ask", text: expect.stringContaining("It needs knowledge:delete.") as string },
  ]);
});

test("what no cause is found for is the server's own word, quoted and bounded", () => {
  const error = new AgentOSRefusal({ status: 403, detail: `${"x".repeat(5_000)}<b>` });
  const explained = explainRefusal({ error, diagnosis: diagnosis(finding("CLI_ANSWER_UNKNOWN")) });
  expect(explained).toMatchObject({ isQuoted: true, certainty: "cannot tell", others: [] });
  expect(explained.cause.length).toBeLessThan(700);
});

test("a server of ours, and a lost connection, speak for themselves", () => {
  const error = new AgentOSRefusal({
    status: 403,
    detail: "no",
    code: "SCOPE_MISSING",
    title: "a scope",
    fix: "ask",
  });
  expect(explainRefusal({ error })).toMatchObject({ cause: "A scope.", certainty: "certain", fix: "Ask." });
  expect(explainRefusal({ error: new ConnectionFault("unreachable", "x") })).toMatchObject({
    status: undefined,
    certainty: "cannot tell",
  });
});

test("an instance that looks like ours is quoted, and nothing of it is certain; no button follows from its code", () => {
  const error = new AgentOSRefusal({
    status: 403,
    detail: "no",
    code: "INSTANCE_AUTHORIZATION_UNWANTED",
    title: "your role was upgraded",
    fix: "run this",
  });
  error.request = { server: "agentos", baseUrl: "https://shop.example", method: "GET", path: "/agents" };
  const explained = explainRefusal({ error });
  expect(explained).toMatchObject({
    cause: "your role was upgraded",
    certainty: "cannot tell",
    isQuoted: true,
    fix: "run this",
    code: undefined,
  });
  const instance = { desired: { authorization: true, security_key: false } } as unknown as Instance;
  const actions = planFixes({ explanation: explained, instance, consoleOrigin: "https://console.example" });
  expect(actions.filter(isButton)).toEqual([]);
});
