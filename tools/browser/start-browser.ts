// The browser of the tests: Chromium from npm, which needs nothing of the system; else that of the system.
import { existsSync } from "node:fs";
import chromium from "@sparticuz/chromium";
import { type BrowserServer, chromium as driver } from "playwright-core";

/** Where Debian, Fedora, and people who install by hand have one. */
const SYSTEM = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];
/**
 * For functions in a cloud: one process for everything, looser rules between sites, and a graphics card that is computed,
 * which costs our two cores more than drawing without one. Tests want what people have.
 */
const unwanted =
  /^--(?:single-process|no-zygote|disable-web-security|disable-site-isolation-trials|allow-running-insecure-content|in-process-gpu|use-gl|use-angle|ignore-gpu-blocklist|enable-unsafe-swiftshader|window-size|headless|disable-features)/;

/** Starts one that tests connect to by `wsEndpoint()`. */
export async function startBrowser(): Promise<BrowserServer> {
  const faults: string[] = [];
  for (const start of [
    startPacked,
    ...SYSTEM.filter((path) => existsSync(path)).map((path) => () => startAt(path, [])),
  ]) {
    try {
      return await start();
    } catch (error) {
      faults.push(error instanceof Error ? error.message : String(error));
    }
  }
  throw new Error(`no browser could be started: ${faults.join("\n")}`);
}

async function startPacked(): Promise<BrowserServer> {
  return startAt(
    await chromium.executablePath(),
    chromium.args.filter((arg) => !unwanted.test(arg)),
  );
}

function startAt(executablePath: string, args: readonly string[]): Promise<BrowserServer> {
  return driver.launchServer({
    executablePath,
    headless: true,
    // As root, as in containers, there is no sandbox; what is opened are our own pages.
    chromiumSandbox: false,
    args: ["--disable-dev-shm-usage", "--disable-gpu", "--font-render-hinting=none", ...args],
  });
}
