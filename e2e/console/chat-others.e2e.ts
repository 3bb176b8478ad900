// Chats with what our own AgentOS does not have: a Python one, its teams and its workflows; and what a role may not.
import { Agent } from "@agentos/server";
import { type PythonServer, startPythonServer } from "@agentos/testkit";
import { afterEach, expect } from "vitest";
import type { Page } from "../../tools/browser/drive.ts";
import { findPort } from "../support/find-port.ts";
import { overflowsSideways, story, type Visitor } from "./browser.ts";
import { type ChatWorld, openChatWorld } from "./chat-world.ts";

let world: ChatWorld | undefined;
let python: PythonServer | undefined;
afterEach(async () => {
  await world?.close();
  await python?.close();
  world = undefined;
  python = undefined;
});

const box = (page: Page) => page.getByRole("textbox", { name: /^Message to/ });
const log = (page: Page) => page.getByRole("log", { name: "Conversation" });

async function say(page: Page, text: string): Promise<void> {
  await box(page).fill(text);
  await page.keyboard.press("Enter");
}

story(
  "a Python AgentOS: its agent, its team and its workflow answer, sessions are found again, and what was typed stays",
  async ({ visitor }) => {
    const port = await findPort();
    const at = await openChatWorld({ agents: [], endpoint: `http://127.0.0.1:${port}` });
    world = at;
    const [publicPem = ""] = await at.listKeys();
    const serve = (clockAhead: number) =>
      startPythonServer({
        mode: "jwt",
        publicPem,
        port,
        clockAhead,
        allowedOrigin: at.console.url,
        runs: { hasOthers: true },
      });
    python = await serve(0);
    const page = await visitor.open({ origins: at.origins });
    page.setDefaultTimeout(10_000);
    await at.signIn(page, `/i/${at.instanceId}`);
    await page.getByRole("heading", { name: "Workflows" }).waitFor();
    await visitor.screenshot(page, "home-python");
    await page.getByRole("heading", { name: "Helper" }).waitFor();
    await page.getByRole("main").getByRole("link", { name: "Chat", exact: true }).first().click();
    await say(page, "Hello from the console");
    await log(page).getByText("You said: Hello from the console").waitFor();
    expect(await page.title()).toBe("Helper · AgentOS");
    await page.waitForURL(/\/agents\/helper\/sessions\/session-1$/);
    await box(page).fill("Not sent yet");

    // The team: another conversation, whose members speak under their names.
    await page.getByRole("button", { name: /^Agent: Helper/ }).click();
    await page.getByRole("menuitem", { name: "Desk" }).click();
    await page.getByRole("heading", { name: "Desk", exact: true }).waitFor();
    expect(await box(page).inputValue()).toBe("");
    await say(page, "Who can help?");
    await log(page).getByText("The desk says: done").waitFor();
    await log(page).getByText("You said: Who can help?").waitFor();
    await log(page).getByText("Helper", { exact: true }).waitFor();
    await visitor.screenshot(page, "chat-team");
    await page.reload();
    await log(page).getByText("The desk says: done").waitFor();

    // The workflow: each step, and the end only once.
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox", { name: /^Search/ }).fill("report");
    await page.getByRole("group", { name: "Workflows" }).getByRole("option", { name: "Report" }).click();
    await page.getByRole("heading", { name: "Report", exact: true }).waitFor();
    await say(page, "A short one");
    await log(page).getByText("Published.").waitFor();
    await log(page).getByText("You said: A short one").waitFor();
    expect(await log(page).getByText("Published.").count()).toBe(1);
    await log(page).getByText("workflows:run").waitFor();
    await visitor.screenshot(page, "chat-workflow");
    expect(await visitor.findBarriers(page)).toEqual([]);

    await answerWorkflow(page, visitor);

    // Its sessions, each where it belongs.
    await page.getByRole("link", { name: "All sessions" }).click();
    await page.getByRole("link", { name: "A short one" }).waitFor();
    await page.getByRole("combobox", { name: "Whose sessions" }).click();
    await page.getByRole("option", { name: "All agents" }).click();
    await page.getByRole("link", { name: "Hello from the console" }).click();
    await log(page).getByText("You said: Hello from the console").waitFor();

    // It refuses, and says no more than a sentence.
    await python.close();
    python = await serve(7_200);
    await say(page, "Two hours later");
    const dialog = page.getByRole("dialog", { name: "Authorization Failed" });
    await dialog.getByText("POST /agents/helper/runs").waitFor();
    await visitor.screenshot(page, "chat-python-refused");
    await dialog.getByRole("button", { name: "Close" }).last().click();
    await log(page).getByText("Your message was not taken, and is kept here").waitFor();
  },
);

/** Each step asks: for a yes, for values and a way, and for what no form fits; that one is stopped. */
async function answerWorkflow(page: Page, visitor: Visitor): Promise<void> {
  await page.getByRole("link", { name: "New chat" }).click();
  await say(page, "Shall it be published?");
  const card = page.getByRole("region", { name: "Waits for you" });
  await card.getByText("The report goes to 40 people. Publish it?").waitFor();
  await visitor.screenshot(page, "chat-step-confirm");
  expect(await visitor.findBarriers(page)).toEqual([]);
  await page.reload();
  await card.getByRole("button", { name: "Reject…" }).click();
  await card.getByText("A no skips the step").waitFor();
  await card.getByRole("button", { name: "Back" }).click();
  await card.getByRole("button", { name: "Approve" }).click();
  await log(page).getByText('"confirmed":true').waitFor();

  await card.getByText("How is it to be delivered?").waitFor();
  await card.getByRole("textbox", { name: "copies" }).fill("40");
  await card.getByRole("combobox", { name: "paper" }).click();
  await page.getByRole("option", { name: "recycled" }).click();
  await card.getByRole("combobox", { name: "What comes next" }).click();
  await page.getByRole("option", { name: "By post" }).click();
  await visitor.screenshot(page, "chat-step-input");
  expect(await visitor.findBarriers(page)).toEqual([]);
  await card.getByRole("button", { name: "Send" }).click();
  await log(page)
    .getByText('"user_input":{"copies":40,"paper":"recycled"},"selected_choices":["By post"]')
    .waitFor();

  const open = page.getByRole("region", { name: "Waits for a program" });
  await open.getByText(/runs\/run-\d+\/continue/).waitFor();
  await visitor.screenshot(page, "chat-step-unknown");
  expect(await visitor.findBarriers(page)).toEqual([]);
  await page.setViewportSize({ width: 390, height: 844 });
  await visitor.screenshot(page, "chat-step-unknown-phone");
  expect(await overflowsSideways(page)).toBe(false);
  await page.setViewportSize({ width: 1280, height: 800 });
  await open.getByRole("button", { name: "Stop the run" }).click();
  await open.getByText("the instance still keeps it").waitFor();
  await say(page, "Another one");
  await log(page).getByText("You said: Another one").waitFor();
}

story("what was typed and not sent waits in its conversation", async ({ visitor }) => {
  const agents = ["Echo", "Other"].map(
    (name) => new Agent({ id: name.toLowerCase(), name, model: "offline:echo" }),
  );
  const at = await openChatWorld({ agents });
  world = at;
  const page = await visitor.open({ origins: at.origins });
  page.setDefaultTimeout(10_000);
  await at.signIn(page, `/i/${at.instanceId}/agents/echo`);
  await say(page, "The first");
  await page.getByRole("button", { name: "Copy the answer" }).waitFor();
  await page.waitForURL(/\/sessions\//);
  await box(page).fill("More of the first");
  await page.getByRole("link", { name: "New chat" }).click();
  await page.getByRole("heading", { name: "Echo", exact: true }).waitFor();
  expect(await box(page).inputValue()).toBe("");
  await box(page).fill("A new one");
  await page.getByRole("button", { name: /^Agent: Echo/ }).click();
  await page.getByRole("menuitem", { name: "Other" }).click();
  await page.getByRole("heading", { name: "Other", exact: true }).waitFor();
  expect(await box(page).inputValue()).toBe("");
  await page.goBack();
  await page.getByRole("heading", { name: "Echo", exact: true }).waitFor();
  expect(await box(page).inputValue()).toBe("A new one");
  await page.getByRole("link", { name: "The first" }).click();
  await log(page).getByText("The first").first().waitFor();
  expect(await box(page).inputValue()).toBe("More of the first");
  await page.keyboard.press("Enter");
  await log(page).getByText("More of the first").nth(1).waitFor();

  // A role that gives no runs: said before anything is sent, with who can change it. Made of the answer, as roles are fixed.
  const isRun = /^(?:agents|teams|workflows):run$|^agent_os:admin$/;
  await page.route(/\/api\/session$/, async (route) => {
    const response = await route.fetch();
    const body = (await response.json()) as { memberships: { scopes: string[] }[] };
    for (const membership of body.memberships)
      membership.scopes = membership.scopes.filter((scope) => !isRun.test(scope));
    await route.fulfill({ response, json: body });
  });
  await page.reload();
  await page
    .getByText(/Your role does not give agents:run\. Ask/)
    .first()
    .waitFor();
  expect(await box(page).isEditable()).toBe(false);
  await visitor.screenshot(page, "chat-may-not");
  expect(await visitor.findBarriers(page)).toEqual([]);
  await page.setViewportSize({ width: 390, height: 844 });
  await visitor.screenshot(page, "chat-may-not-phone");
  expect(await overflowsSideways(page)).toBe(false);
});
