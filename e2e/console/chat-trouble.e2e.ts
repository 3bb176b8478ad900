// What may happen to a chat while it is open, and what a hostile instance says in it.
import { createServer, type Server } from "node:http";
import { connectInstance } from "@agentos/client";
import { Agent, tool } from "@agentos/server";
import { afterEach, expect } from "vitest";
import * as z from "zod";
import type { Page } from "../../tools/browser/drive.ts";
import { createGatedAgent } from "../support/gated-agent.ts";
import { CONNECTION_FAULTS, story, type Visitor } from "./browser.ts";
import { type ChatWorld, type ChatWorldOptions, MEMBER, openChatWorld } from "./chat-world.ts";

let world: ChatWorld | undefined;
afterEach(async () => {
  await world?.close();
  world = undefined;
});

async function open(options: ChatWorldOptions): Promise<ChatWorld> {
  world = await openChatWorld(options);
  return world;
}

async function visit(visitor: Visitor, { origins }: ChatWorld): Promise<Page> {
  const page = await visitor.open({ origins });
  page.setDefaultTimeout(15_000);
  return page;
}

async function say(page: Page, text: string): Promise<void> {
  await page.getByRole("textbox", { name: /^Message to/ }).fill(text);
  await page.keyboard.press("Enter");
}

const echo = () => new Agent({ id: "echo", name: "Echo", model: "offline:echo" });
const log = (page: Page) => page.getByRole("log", { name: "Conversation" });

story("a connection that is lost is taken up again: nothing twice, nothing missing", async ({ visitor }) => {
  const gated = createGatedAgent("slow");
  const { cable, instanceId, signIn, ...rest } = await open({ agents: [gated.agent], hasCable: true });
  const page = await visitor.open({ origins: rest.origins, expects: CONNECTION_FAULTS });
  page.setDefaultTimeout(15_000);
  await signIn(page, `/i/${instanceId}/agents/slow`);
  await say(page, "Go");
  await log(page).getByText("one", { exact: true }).waitFor();
  cable?.cut();
  await page.getByText("Connection lost.").waitFor();
  await visitor.screenshot(page, "chat-reconnecting");
  gated.gate.open();
  cable?.mend();
  await log(page).getByText("one two", { exact: true }).waitFor();
  await page.getByText("Connection lost.").waitFor({ state: "detached" });
});

story(
  "a reload in the middle of an answer finds each run again, also that of somebody else, and each can be stopped",
  async ({ visitor }) => {
    const gated = createGatedAgent("slow");
    const at = await open({ agents: [gated.agent] });
    const page = await visit(visitor, at);
    await at.signIn(page, `/i/${at.instanceId}/agents/slow`);
    await say(page, "Go");
    await log(page).getByText("one", { exact: true }).waitFor();
    await page.waitForURL(/\/sessions\/[\w-]+$/);
    const client = await connectInstance({ controlPlane: at.owner, ...at });
    const session_id = page.url().split("/").at(-1);
    await client.agents.start("slow", { message: "From elsewhere", session_id });
    await page.reload();
    await log(page).getByText("one", { exact: true }).nth(1).waitFor();
    await visitor.screenshot(page, "chat-two-runs");
    expect(await visitor.findBarriers(page)).toEqual([]);
    const stopped = log(page).getByText(/^The run was stopped|^You stopped this run/);
    await log(page).getByRole("button", { name: "Stop this run" }).click();
    await stopped.waitFor();
    await gated.cancelled;
    await page.getByRole("button", { name: "Stop", exact: true }).click();
    await stopped.nth(1).waitFor();
    await page.getByRole("button", { name: "Send", exact: true }).waitFor();
    await visitor.screenshot(page, "chat-stopped");
  },
);

story(
  "authorization switched on while a chat is open: it says so, and the same message goes through",
  async ({ visitor }) => {
    const at = await open({ agents: [echo()], isAuthorized: false });
    const page = await visit(visitor, at);
    await at.signIn(page, `/i/${at.instanceId}/agents/echo`);
    await say(page, "Before");
    await log(page).getByText("Before").nth(1).waitFor();
    const parameters = { organization_id: at.organizationId, instance_id: at.instanceId };
    await at.owner.instances.setSwitches({ parameters, body: { authorization: true, security_key: false } });
    await at.serve({
      authorizationConfig: { verificationKeys: [...(await at.listKeys())], userIsolation: true },
    });
    await say(page, "After the switch");
    await page.getByText(/ now requires authorization$/).waitFor();
    await log(page).getByText("After the switch").nth(1).waitFor();
    await visitor.screenshot(page, "chat-authorization-switched-on");
    expect(await log(page).getByText("After the switch").count()).toBe(2);
  },
);

story(
  "keys rotated under a chat: the instance does not know the new one until it has it",
  async ({ visitor }) => {
    const at = await open({ agents: [echo()] });
    const page = await visit(visitor, at);
    await page.clock.install();
    await at.signIn(page, `/i/${at.instanceId}/agents/echo`);
    await say(page, "With the first key");
    await log(page).getByText("With the first key").nth(1).waitFor();
    const parameters = { organization_id: at.organizationId, instance_id: at.instanceId };
    const { data } = await at.owner.keys.publish({ parameters });
    const published = data.find(({ station }) => station === "published");
    await at.owner.keys.sign({
      parameters: { ...parameters, kid: published?.kid ?? "" },
      body: { is_forced: true },
    });
    // The token of the old key is still good; the next one is of a key that the instance does not know.
    await page.clock.fastForward(5 * 60_000);
    await say(page, "With the second key");
    const dialog = page.getByRole("dialog", { name: "Authorization Failed" });
    await dialog.getByText("Denial id").waitFor();
    await visitor.screenshot(page, "chat-key-rotated");
    expect(await visitor.findBarriers(page)).toEqual([]);
    await at.serve();
    await dialog.getByRole("button", { name: "Try the same request again" }).click();
    // By its title one sees that it is over.
    const green = page.getByRole("dialog", { name: "This request is let in now" });
    await green.getByText("The same request was let in").waitFor();
    await visitor.screenshot(page, "chat-let-in-again");
    await green.getByRole("button", { name: "Done" }).click();
    await log(page).getByText("With the second key").nth(1).waitFor();
  },
);

story("a removed member's open chat says what happened, and keeps what was typed", async ({ visitor }) => {
  const at = await open({ agents: [echo()] });
  const personId = await at.inviteMember();
  const page = await visit(visitor, at);
  await page.clock.install();
  await at.signIn(page, `/i/${at.instanceId}/agents/echo`, MEMBER);
  await say(page, "While I am a member");
  await log(page).getByText("While I am a member").nth(1).waitFor();
  await at.owner.members.remove({
    parameters: { organization_id: at.organizationId, person_id: personId },
  });
  // The token in hand ends, and another one is not made.
  await page.clock.fastForward(5 * 60_000);
  await say(page, "What I still wanted to say");
  await page.getByRole("dialog", { name: "You were signed out" }).waitFor();
  await visitor.screenshot(page, "chat-removed-member");
  expect(await page.getByRole("dialog").count()).toBe(1);
  expect(await log(page).getByText("What I still wanted to say").count()).toBe(1);
});

const XSS = `<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>`;

story(
  "names, answers, calls and sessions of a hostile instance are text, and lead nowhere by themselves",
  async ({ visitor }) => {
    const answer = [
      XSS,
      `![beacon](https://evil.example/pixel.png?${"x".repeat(20)})`,
      "[harmless](javascript:window.hacked=1) [data](data:text/html,<script>window.hacked=1</script>)",
      "[bank](https://evil.example/login)",
      "[google](https://accounts.google.com%2Fsignin@evil.example/login)",
      // Too much for a parser: it is text, and the others are drawn.
      "[a](".repeat(600),
      "<a href='https://evil.example' onclick='window.hacked=1'>raw link</a>",
      "<style>body{display:none}</style><iframe src='https://evil.example'></iframe>",
      `\`\`\`html\n${XSS}\n\`\`\``,
    ].join("\n\n");
    const hostile = new Agent({
      id: "hostile",
      name: `${XSS} ${"long ".repeat(10)}`,
      description: XSS,
      model: "offline:script",
      script: { steps: [{ text: answer }] },
    });
    const nested = new Agent({
      id: "nested",
      name: "Nested",
      model: "offline:script",
      script: { steps: [{ text: `${">".repeat(10_000)} deep` }] },
    });
    const operator = createOperator();
    const at = await open({ agents: [hostile, nested, operator.agent] });
    const page = await visit(visitor, at);
    await at.signIn(page, `/i/${at.instanceId}`);
    await page.getByRole("heading", { name: /^<img src=x/ }).waitFor();
    await page.goto(`${at.console.url}/i/${at.instanceId}/agents/nested`);
    await say(page, "Go");
    await log(page)
      .getByText(/^>{100,} deep$/)
      .waitFor();
    await page.goto(`${at.console.url}/i/${at.instanceId}/agents/operator`);
    await approveLongCall(page, visitor);
    expect(operator.effects).toEqual([operator.command]);
    await page.goto(`${at.console.url}/i/${at.instanceId}/agents/hostile`);
    await say(page, XSS);
    await page.getByRole("button", { name: "Copy the answer" }).waitFor();
    await log(page).getByText("Picture not loaded").waitFor();
    await visitor.screenshot(page, "chat-hostile");
    expect(await visitor.findBarriers(page)).toEqual([]);
    expect(
      await page.evaluate("[...document.querySelectorAll('[role=log] a')].map(({ href }) => href)"),
    ).toEqual(["https://evil.example/login"]);
    await log(page).getByRole("link", { name: "bank" }).click();
    const question = page.getByRole("dialog", { name: "Leave for evil.example?" });
    await question.getByText("https://evil.example/login").waitFor();
    await visitor.screenshot(page, "chat-link");
    await question.getByRole("button", { name: "Stay here" }).click();
    await page.goto(`${at.console.url}/i/${at.instanceId}/sessions`);
    await page.getByRole("link", { name: /^<img src=x/ }).waitFor();
    expect(await page.evaluate("window.hacked")).toBeUndefined();
  },
);

/** It waits with an argument that is long, and with one that is not what it looks like. */
function createOperator() {
  const effects: string[] = [];
  const shell = tool({
    name: "shell",
    description: "Runs a command",
    parameters: z.object({ a_note: z.string(), command: z.string() }),
    requiresConfirmation: true,
    execute({ command }) {
      effects.push(command);
      return "done";
    },
  });
  const command = "cat notes\u{e0041}\u{e0042} #\u202etxt.seton mr";
  const args = { a_note: "A line of a note.\n".repeat(1_200), command };
  const agent = new Agent({
    id: "operator",
    name: "Operator",
    model: "offline:script",
    tools: [shell],
    script: { steps: [{ toolCalls: [{ name: "shell", args }] }, { text: "All done." }] },
  });
  return { agent, effects, command };
}

/** What is approved is what was shown, and all of it. */
async function approveLongCall(page: Page, visitor: Visitor): Promise<void> {
  await say(page, "Go");
  const card = page.getByRole("region", { name: "Waits for you" });
  await card.getByText(String.raw`"cat notes\udb40\udc41\udb40\udc42 #\u202etxt.seton mr"`).waitFor();
  await card.getByText("3 characters in it would not be seen").waitFor();
  const approve = card.getByRole("button", { name: "Approve" });
  expect(await approve.isDisabled()).toBe(true);
  await visitor.screenshot(page, "chat-approval-long");
  expect(await visitor.findBarriers(page)).toEqual([]);
  await card.getByRole("button", { name: "Show all 21,600 characters" }).click();
  await visitor.screenshot(page, "chat-approval-shown");
  // Who asked for all of it reads it: nothing is scrolled past.
  expect(await page.evaluate<number>("document.querySelector('[role=log]').scrollTop")).toBeLessThan(200);
  await approve.click();
  await page.getByText("All done.").waitFor();
}

story("a flood of events is bounded, and the page can be used while it comes", async ({ visitor }) => {
  const flood = await startFlood();
  const at = await open({ agents: [], isAuthorized: false, endpoint: flood.endpoint });
  const page = await visitor.open({ origins: at.origins, expects: [/status of 504/] });
  page.setDefaultTimeout(40_000);
  await at.signIn(page, `/i/${at.instanceId}/agents/flood`);
  // A server that does not know a message that comes twice: it is sent twice by nobody but the person.
  await say(page, "Lose the answer");
  await log(page).getByText("It is not known whether your message arrived").waitFor();
  await log(page).getByRole("button", { name: "Try the same request again" }).click();
  await log(page).getByText("The agent may have run already").waitFor();
  await visitor.screenshot(page, "chat-in-doubt");
  expect(await visitor.findBarriers(page)).toEqual([]);
  await log(page).getByRole("button", { name: "Look at the sessions" }).click();
  await page.waitForURL(/\/sessions\?agent=flood$/);
  await page.goBack();
  expect(await page.getByRole("textbox", { name: /^Message to/ }).inputValue()).toBe("Lose the answer");
  await say(page, "Go");
  await log(page).getByText("spam").first().waitFor();
  // It answers to the keyboard while the events come.
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox").waitFor();
  await page.keyboard.press("Escape");
  flood.finish();
  await log(page).getByText("The instance said more than a page can show.").waitFor();
  expect(await page.evaluate("document.querySelectorAll('*').length")).toBeLessThan(20_000);
  await flood.close();
});

interface Flood {
  readonly endpoint: string;
  finish(): void;
  close(): Promise<void>;
}

/** Says one thing without end, then many tools, then names that nobody knows. */
async function startFlood(): Promise<Flood> {
  let isFinishing = false;
  let isLost = false;
  const server: Server = createServer((request, response) => {
    response.setHeader("access-control-allow-origin", request.headers.origin ?? "*");
    response.setHeader("access-control-allow-headers", "authorization, content-type, idempotency-key");
    const path = request.url?.split("?")[0];
    const json = (body: unknown) => {
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify(body));
    };
    if (request.method === "OPTIONS") response.end();
    else if (path === "/agents")
      json([{ id: "flood", name: "Flood", is_factory: false, is_component: false }]);
    else if (path === "/info") json({ os_id: "workshop", name: null, auth_mode: "none" });
    else if (path === "/config")
      json({ os_id: "workshop", databases: [], agents: [], teams: [], workflows: [] });
    else if (path === "/sessions")
      json({ data: [], meta: { page: 1, limit: 30, total_pages: 0, total_count: 0 } });
    else if (path === "/agents/flood/runs" && !isLost) {
      // A browser itself sends it again where a connection breaks.
      isLost = true;
      response.statusCode = 504;
      json({ detail: "Gateway Time-out" });
    } else if (path === "/agents/flood/runs") {
      response.setHeader("content-type", "text/event-stream");
      let index = 0;
      const frame = (event: string, more: object) =>
        `event: ${event}\ndata: ${JSON.stringify({ event, event_index: index++, run_id: "r", session_id: "s", agent_id: "flood", ...more })}\n\n`;
      response.write(frame("RunStarted", { model: "m" }));
      const pump = () => {
        for (;;) {
          if (response.destroyed) return;
          if (isFinishing && index > 30_000) {
            response.end(frame("RunCompleted", { content: "", metrics: {} }));
            return;
          }
          const kind = index % 10;
          const text =
            kind === 8
              ? frame("ToolCallStarted", {
                  tool: { tool_call_id: `c${index}`, tool_name: "spam", tool_args: { a: "x".repeat(500) } },
                })
              : kind === 9
                ? frame("NobodyKnowsThis", { content: "x".repeat(500) })
                : frame("RunContent", { content: `spam ${"x".repeat(200)} ` });
          if (!response.write(text)) {
            response.once("drain", pump);
            return;
          }
        }
      };
      pump();
    } else {
      response.statusCode = 404;
      json({ detail: "Not Found" });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    finish() {
      isFinishing = true;
    },
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => void server.close(() => resolve()));
    },
  };
}
