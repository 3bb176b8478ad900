/** The support agent: it really asks its tools, with the caller's scopes, and a pasted token leaves no trace. */
import { createTestKey, goodToken, signToken, withClaims } from "@agentos/testkit";
import { describe, expect, it } from "vitest";
import { AgentOS } from "../agent-os/agent-os.ts";
import { Agent } from "./agent.ts";
import { offlineSupport } from "./offline-support.ts";
import { createSupportTools } from "./support-tools.ts";

const now = Math.floor(Date.now() / 1_000);
const key = await createTestKey("ES256");

async function setUp() {
  const log: string[] = [];
  const write = (facts: Readonly<Record<string, unknown>>, text: string) => {
    log.push(JSON.stringify([facts, text]));
  };
  const support = new Agent({
    id: "support",
    model: offlineSupport(),
    addHistoryToContext: true,
    tools: createSupportTools({
      denials: () => os.denials(),
      judgeToken: (token) => os.judgeToken(token),
      server: async () => {
        const { authMode, algorithms, audience, adminScope } = await os.describe();
        return {
          source: "the configuration",
          mode: authMode,
          algorithms,
          audience: audience ?? null,
          adminScope,
        };
      },
      cli: "agentos",
    }),
  });
  const os: AgentOS = new AgentOS({
    id: "agent-os",
    env: {},
    agents: [support],
    authorization: true,
    authorizationConfig: { verificationKeys: [key.verificationKey], algorithm: "ES256" },
    logger: { error: write, warn: write, info: write },
  });
  const tokenFor = (scopes: readonly string[], claims = {}) =>
    signToken(withClaims(goodToken({ key, now, scopes }), claims));
  const send = async (token: string, path: string, body?: URLSearchParams) => {
    const headers = { authorization: `Bearer ${token}` };
    const init = body === undefined ? { headers } : { method: "POST", headers, body };
    const response = await os.fetch(new Request(`http://localhost${path}`, init));
    return response.text();
  };
  const ask = async (token: string, message: string, stream = false) =>
    send(
      token,
      "/agents/support/runs",
      new URLSearchParams({ message, stream: String(stream), session_id: "s1" }),
    );
  return { tokenFor, send, ask, log };
}

const contentOf = (run: string) => (JSON.parse(run) as { readonly content: string }).content;

describe("the support agent", () => {
  it("explains a denial to the admin and to a holder of authz:read, and to nobody else", async () => {
    const { tokenFor, send, ask } = await setUp();
    const reader = await tokenFor(["agent:read"]);
    const { denial_id: id } = JSON.parse(await send(reader, "/agents/support")) as { denial_id: string };
    for (const scopes of [["agent_os:admin"], ["agents:run", "authz:read"]]) {
      const run = await ask(await tokenFor(scopes), `why do I get a 403? It said ${id}.`);
      expect(contentOf(run)).toContain("SCOPE_MISSPELT");
      expect(contentOf(run)).toContain('correct the scope to "agents:');
      expect(JSON.parse(run)).toMatchObject({
        tools: [{ tool_name: "explain_denial", tool_call_error: false }],
      });
    }
    const other = contentOf(await ask(await tokenFor(["agents:run", "authz:explain"]), `why? ${id}`));
    expect(other).toContain("I may not tell you");
    expect(other).not.toContain("SCOPE");
  });

  it("knows when it knows nothing of a denial, and asks when there is nothing to look up", async () => {
    const { tokenFor, ask } = await setUp();
    const admin = await tokenFor(["agent_os:admin"]);
    expect(contentOf(await ask(admin, "den_00000000-0000-4000-8000-000000000000"))).toContain(
      "I know no denial",
    );
    expect(contentOf(await ask(admin, "why do I get a 401?"))).toContain("denial_id");
  });

  it("explains a pasted token, and tells expectations of the server only to who may explain any token", async () => {
    const { tokenFor, ask } = await setUp();
    const foreign = await tokenFor([], { aud: "another-os" });
    const full = contentOf(await ask(await tokenFor(["agents:run", "authz:explain"]), `401 with ${foreign}`));
    expect(full).toContain("the server expects the audience agent-os");
    const short = contentOf(await ask(await tokenFor(["agents:run"]), `401 with ${foreign}`));
    expect(short).toContain("AUTH_AUDIENCE_MISMATCH");
    expect(short).not.toContain("expects the audience");
    expect(contentOf(await ask(await tokenFor(["agents:run"]), `and ${await tokenFor([])}`))).toContain(
      "accepts the token",
    );
  });

  it.each([false, true])("keeps no copy of a pasted token (stream: %s)", async (stream) => {
    const { tokenFor, ask, log } = await setUp();
    const runner = await tokenFor(["agents:run"]);
    const pasted = await tokenFor([], { exp: now - 60, iat: now - 120 });
    const first = await ask(runner, `why? Bearer ${pasted}`, stream);
    // The second run is given what is stored of the first.
    const second = await ask(runner, "and now?", stream);
    expect(first).toContain("AUTH_TOKEN_EXPIRED");
    const [, payload = "", signature = ""] = pasted.split(".");
    for (const secret of [payload, signature]) expect(first + second + log.join()).not.toContain(secret);
  });
});
