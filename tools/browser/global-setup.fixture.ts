// The stories of one run share one browser. Each test has a context of its own: no cookie and no storage is shared.
import type { TestProject } from "vitest/node";
import { startBrowser } from "./start-browser.ts";

declare module "vitest" {
  interface ProvidedContext {
    readonly browserEndpoint: string;
  }
}

/** Vitest calls it before the first test, and what it gives after the last. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startBrowser();
  project.provide("browserEndpoint", server.wsEndpoint());
  return () => server.close();
}
