// The first two minutes: `npm start`, the printed link, an answer. Without a provider's key it follows a script, and says so.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "vitest";
import type { Page } from "../../tools/browser/drive.ts";
import { makeFolder, startCommand } from "../support/start-command.ts";
import { story } from "./browser.ts";

story(
  "from the printed link to an agent that calls a tool, and asks before the next one",
  async ({ visitor }) => {
    const dev = startCommand(["dev", "--port", "0", "--quiet"], { cwd: makeFolder(), hasConsole: true });
    const [, endpoint = ""] = await dev.waitFor(/AgentOS is ready at (http:\S+)/);
    const [, link = ""] = await dev.waitFor(/Sign in as its owner: (http:\S+)/);
    const page = await visitor.open({ origins: [new URL(link).origin, endpoint] });
    page.setDefaultTimeout(10_000);
    await page.goto(link);
    await page.getByRole("heading", { name: "Assistant" }).waitFor();
    await page.getByRole("main").getByText("Connected").waitFor();
    await visitor.screenshot(page, "start-home");
    await page.getByRole("main").getByRole("link", { name: "Chat", exact: true }).first().click();
    await page.getByText(/^Scripted, no model: set OPENAI_API_KEY/).waitFor();
    await visitor.screenshot(page, "start-chat");
    await page.getByRole("button", { name: "Where is my order A-1001?" }).click();
    await page.keyboard.press("Enter");
    await page.getByRole("region", { name: "Waits for you" }).getByText("refund_order").first().waitFor();
    await page.getByText("lookup_order").waitFor();
    await visitor.screenshot(page, "start-asks");
    await page.getByRole("button", { name: "Approve" }).click();
    await page.getByText(/^That was the whole script/).waitFor();
    await page.getByRole("button", { name: "Copy the answer" }).waitFor();
    // Nobody takes the script for a model, while it answers either.
    expect(await page.getByText("Scripted, no model", { exact: true }).count()).toBe(1);
    await visitor.screenshot(page, "start-answer");
    // Whoever can write a link into an answer leads people to such a server, and a cookie does not heed its port.
    const session = `agentos_session_${new URL(link).port}=`;
    expect(await cookiesSentTo(new URL(endpoint).hostname, page)).not.toContain(session);
    expect(await cookiesSentTo(new URL(link).hostname, page)).toContain(session);
    await dev.stop();
  },
);

/** What a server on another port of the host gets of a page that has sent itself on: such a request is of its own site. */
async function cookiesSentTo(host: string, visited: Page): Promise<string> {
  const sent: string[] = [];
  const server = createServer(({ url, headers }, response) => {
    if (url === "/second") sent.push(headers.cookie ?? "");
    response.setHeader("content-type", "text/html");
    response.end(url === "/first" ? "<script>location.href = '/second'</script>" : "<h1>Here</h1>");
  });
  await new Promise<void>((resolve) => void server.listen(0, resolve));
  const { port } = server.address() as AddressInfo;
  const page = await visited.context().newPage();
  await page.goto(`http://${host}:${port}/first`);
  await page.getByRole("heading", { name: "Here" }).waitFor();
  await page.close();
  server.closeAllConnections();
  server.close();
  expect(sent).toHaveLength(1);
  return sent.join();
}
