// Talking to an agent: from home to an answer, a tool that asks first, what is found again after a reload.
import { Agent, tool } from "@agentos/server";
import { afterEach, describe, expect } from "vitest";
import { z } from "zod";
import type { Page } from "../../tools/browser/drive.ts";
import { type Look, OPPOSITES, overflowsSideways, story, type Visitor } from "./browser.ts";
import { type ChatWorld, openChatWorld } from "./chat-world.ts";

let world: ChatWorld | undefined;
afterEach(async () => {
  await world?.close();
  world = undefined;
});

const MARKDOWN = `Here is what I found:

## Orders of **today**

1. Look at \`orders.csv\`
2. Compare the sums

| order | cents |
| --- | ---: |
| A-1 | 500 |
| A-2 | 1200 |

\`\`\`ts
const sum = orders.reduce((total, { cents }) => total + cents, 0);
\`\`\`

> Nothing was changed. [The report](https://example.com/report)`;

const refund = tool({
  name: "refund_order",
  description: "Pays an order back",
  parameters: z.object({ order_id: z.string(), cents: z.int().min(1) }),
  requiresConfirmation: true,
  editableArguments: ["cents"],
  execute: ({ order_id, cents }) => `paid ${cents} for ${order_id}`,
});
const lookUp = tool({
  name: "look_up_order",
  description: "Reads an order",
  parameters: z.object({ order_id: z.string() }),
  execute: ({ order_id }) => `{"order_id":"${order_id}","cents":500,"state":"paid"}`,
});
const book = tool({
  name: "book_seat",
  description: "Books a seat",
  parameters: z.object({ film: z.string(), seat: z.int().min(1).describe("Which seat") }),
  requiresUserInput: ["seat"],
  execute: ({ film, seat }) => `seat ${seat} for ${film}`,
});
const door = tool({
  name: "open_door",
  description: "Runs at the client",
  parameters: z.object({ door: z.string() }),
  externalExecution: true,
});

const AGENTS = [
  new Agent({
    id: "accountant",
    name: "Accountant",
    description: "Answers questions about orders and pays them back after you have said yes.",
    model: "offline:script",
    tools: [lookUp, refund],
    script: {
      steps: [
        {
          text: "Let me look at that order. ",
          toolCalls: [{ name: "look_up_order", args: { order_id: "A-1" } }],
        },
        {
          text: "It was paid. I can pay it back.",
          toolCalls: [{ name: "refund_order", args: { order_id: "A-1", cents: 500 } }],
        },
        { text: MARKDOWN },
      ],
    },
  }),
  new Agent({ id: "echo", name: "Echo", model: "offline:echo" }),
  new Agent({
    id: "porter",
    name: "Porter",
    model: "offline:script",
    tools: [book, door],
    script: {
      steps: [
        {
          toolCalls: [
            { name: "book_seat", args: { film: "Alien", seat: 1 } },
            { name: "open_door", args: { door: "east" } },
          ],
        },
        { text: "All done." },
      ],
    },
  }),
];

/** Colours are measured without a browser: two looks show the rest. */

async function open(
  visitor: Visitor,
  path: (world: ChatWorld) => string,
  look: Partial<Look> = {},
): Promise<{ world: ChatWorld; page: Page }> {
  world = await openChatWorld({ agents: AGENTS });
  const page = await visitor.open({ origins: world.origins, ...look });
  page.setDefaultTimeout(10_000);
  await world.signIn(page, path(world));
  return { world, page };
}

async function say(page: Page, text: string): Promise<void> {
  await page.getByRole("textbox", { name: /^Message to/ }).fill(text);
  await page.keyboard.press("Enter");
}

describe.each(OPPOSITES)("in $theme at $width width", (look) => {
  story(
    "from home to an answer: a tool runs, another one asks, and all of it is there after a reload",
    async ({ visitor }) => {
      const { page } = await open(visitor, ({ instanceId }) => `/i/${instanceId}`, look);
      const see = async (name: string) => {
        await visitor.screenshot(page, `${name}-${look.theme}-${look.width}`);
        // On a phone little else is there: once, at the end.
        if (look.width === "desktop" || name === "chat-history")
          expect(await visitor.findBarriers(page)).toEqual([]);
        expect(await overflowsSideways(page)).toBe(false);
      };
      await page.getByRole("heading", { name: "Accountant" }).waitFor();
      await see("home-agents");
      await page
        .getByRole("link", { name: "Chat", exact: true })
        .nth(look.width === "phone" ? 0 : 1)
        .click();
      await page.getByRole("heading", { name: "Accountant", exact: true }).waitFor();
      await see("chat-new");
      await say(page, "What about order A-1? Please pay it back.");
      await page.getByRole("region", { name: "Waits for you" }).waitFor();
      await page.getByText("look_up_order").waitFor();
      await see("chat-paused");
      await page.getByRole("button", { name: "Approve" }).click();
      await page.getByText("Nothing was changed.").waitFor();
      await page.getByRole("button", { name: "Copy the answer" }).waitFor();
      await page.getByRole("columnheader", { name: "cents" }).waitFor();
      await see("chat-answer");
      // The other theme at this width, too.
      const other = look.theme === "dark" ? "light" : "dark";
      await page.emulateMedia({ colorScheme: other });
      await visitor.screenshot(page, `chat-answer-${other}-${look.width}`);
      await page.emulateMedia({ colorScheme: look.theme });
      expect(page.url()).toMatch(/\/agents\/accountant\/sessions\/[\w-]+$/);
      await page.reload();
      await page.getByRole("columnheader", { name: "cents" }).waitFor();
      await page.getByText("What about order A-1? Please pay it back.").last().waitFor();
      await page.getByText("refund_order").click();
      await page.getByText("paid 500 for A-1").waitFor();
      await see("chat-history");
    },
  );
});

story(
  "several calls wait, for a value and for a result; a no is said with its reason",
  async ({ visitor }) => {
    const { page } = await open(visitor, ({ instanceId }) => `/i/${instanceId}/agents/porter`);
    await say(page, "A seat, and the door please");
    const card = page.getByRole("region", { name: "Waits for you" });
    await card.getByRole("textbox", { name: "seat", exact: true }).fill("not a number");
    await card.getByRole("button", { name: "Save answer" }).first().click();
    await card.getByText("seat is no").waitFor();
    await card.getByRole("textbox", { name: "seat", exact: true }).fill("7");
    await card.getByRole("button", { name: "Save answer" }).first().click();
    await card.getByRole("textbox", { name: "Result" }).fill("the door is open");
    await card.getByRole("button", { name: "Save answer" }).last().click();
    await visitor.screenshot(page, "chat-several");
    expect(await visitor.findBarriers(page)).toEqual([]);
    await card.getByRole("button", { name: "Send 2 answers" }).click();
    await page.getByText("All done.").waitFor();
    await page.getByText("book_seat").click();
    await page.getByText("seat 7 for Alien").waitFor();

    await page.goto(page.url().replace(/agents\/.*/, "agents/accountant"));
    await say(page, "Pay A-1 back");
    await card.getByRole("button", { name: "Edit arguments" }).click();
    await card.getByRole("textbox", { name: "Arguments" }).fill('{"order_id":"A-1","cents":200}');
    await card.getByRole("button", { name: "Approve" }).click();
    await page.getByText("Nothing was changed.").waitFor();
    await page.getByText("refund_order").click();
    await page.getByText("paid 200 for A-1").waitFor();

    await page.getByRole("button", { name: "Edit and send as a new message" }).click();
    await page.keyboard.press("End");
    await page.keyboard.type(", or not");
    await page.keyboard.press("Enter");
    await card.getByRole("button", { name: "Reject…" }).click();
    await card.getByLabel("Why not (optional)").fill("too much");
    await page.keyboard.press("Enter");
    await visitor.screenshot(page, "chat-rejected");
    await page.getByText("rejected").waitFor();
    await page.getByText("Pay A-1 back, or not").last().waitFor();
  },
);

story("files go along, and the same is a line for a shell without the token", async ({ visitor }) => {
  const { page, world: at } = await open(visitor, ({ instanceId }) => `/i/${instanceId}/agents/echo`);
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"], { origin: at.console.url });
  await page.getByLabel("Files", { exact: true }).setInputFiles([
    { name: "orders.csv", mimeType: "text/csv", buffer: Buffer.from("order,cents") },
    { name: "empty.txt", mimeType: "text/plain", buffer: Buffer.from("") },
  ]);
  await page.getByText("“empty.txt” was not attached: it is empty.").waitFor();
  await page.getByRole("button", { name: "Remove orders.csv" }).waitFor();
  await visitor.screenshot(page, "chat-files");
  await say(page, "Look at it");
  await page.getByRole("button", { name: "Copy as curl" }).click();
  await page.getByRole("button", { name: "Copied" }).waitFor();
  const copied = await page.evaluate<string>("navigator.clipboard.readText()");
  expect(copied).toContain("$AGENTOS_TOKEN");
  expect(copied).toContain(`/agents/echo/runs'`);
  expect(copied).toContain("message=Look at it");
  expect(copied).not.toMatch(/eyJ/);
  await page.reload();
  await page.getByText("Look at it").first().waitFor();
});

story("sessions are found by name, renamed, continued and deleted", async ({ visitor }) => {
  const { page, world: at } = await open(visitor, ({ instanceId }) => `/i/${instanceId}/sessions`);
  await page.getByRole("heading", { name: "No sessions yet" }).waitFor();
  await visitor.screenshot(page, "sessions-empty-light-desktop");
  for (const text of ["About apples", "About pears"]) {
    await page.goto(`${at.console.url}/i/${at.instanceId}/agents/echo`);
    await say(page, text);
    await page.getByRole("button", { name: "Copy the answer" }).waitFor();
  }
  await page.goto(`${at.console.url}/i/${at.instanceId}/sessions`);
  await page.getByRole("link", { name: "About apples" }).waitFor();
  await visitor.screenshot(page, "sessions-light-desktop");
  expect(await visitor.findBarriers(page)).toEqual([]);
  await page.emulateMedia({ colorScheme: "dark" });
  await page.setViewportSize({ width: 390, height: 844 });
  await visitor.screenshot(page, "sessions-dark-phone");
  expect(await overflowsSideways(page)).toBe(false);
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.getByLabel("Search by name").fill("pear");
  await page.getByRole("link", { name: "About apples" }).waitFor({ state: "detached" });
  expect(page.url()).toContain("q=pear");
  await visitor.screenshot(page, "sessions-found-light-desktop");
  await page.getByRole("button", { name: "Actions for About pears" }).click();
  await page.getByRole("menuitem", { name: "Rename…" }).click();
  await page.getByLabel("Name", { exact: true }).fill("Pears of autumn");
  await page.keyboard.press("Enter");
  await page.getByRole("link", { name: "Pears of autumn" }).waitFor();
  await page.getByRole("button", { name: "Actions for Pears of autumn" }).click();
  await page.getByRole("menuitem", { name: "Delete…" }).click();
  await visitor.screenshot(page, "session-delete-light-desktop");
  await page.getByRole("button", { name: "Delete session" }).click();
  await page.getByRole("heading", { name: "No session fits" }).waitFor();
  await page.getByRole("link", { name: "Show all sessions" }).click();
  await page.getByRole("link", { name: "About apples" }).click();
  await page.getByRole("log", { name: "Conversation" }).getByText("About apples").nth(1).waitFor();
});
