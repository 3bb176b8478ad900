// Talking to an agent: from home to an answer, a tool that asks first, what is found again after a reload.
import { Agent, tool } from "@agentos/server";
import { afterEach, describe, expect } from "vitest";
import { z } from "zod";
import type { Page } from "../../tools/browser/drive.ts";
import { LOOKS, overflowsSideways, story, type Visitor } from "./browser.ts";
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

async function open(
  visitor: Visitor,
  path: (world: ChatWorld) => string,
  look: Partial<(typeof LOOKS)[number]> = {},
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

describe.each(LOOKS)("in $theme at $width width", (look) => {
  story(
    "from home to an answer: a tool runs, another one asks, and all of it is there after a reload",
    async ({ visitor }) => {
      const { page } = await open(visitor, ({ instanceId }) => `/i/${instanceId}`, look);
      const see = async (name: string) => {
        await visitor.screenshot(page, `${name}-${look.theme}-${look.width}`);
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
