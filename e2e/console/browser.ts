/**
 * Visitors of the console, in the one browser that all stories share. Each has a context of their own, and whatever goes
 * wrong in it fails the story: an error in the browser's console, something that the policy of the page refused, a request to
 * a host that is none of ours.
 */
import { globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test as base, inject } from "vitest";
import { AxeBuilder, type Browser, chromium, type Page, shrinkPng } from "../../tools/browser/drive.ts";

export interface Look {
  readonly theme: "light" | "dark";
  readonly width: "desktop" | "phone";
}

/** Each theme and each width once. */
export const OPPOSITES: readonly Look[] = [
  { theme: "light", width: "desktop" },
  { theme: "dark", width: "phone" },
];

export interface VisitOptions extends Partial<Look> {
  /** Origins that the page may ask: the console's own, and those of its instances. */
  readonly origins: readonly string[];
  /** What the browser itself says on what the story is about, such as a refused connection. Default: nothing. */
  readonly expects?: readonly RegExp[];
  /** The console is behind a certificate that nobody trusts. */
  readonly ignoresCertificate?: boolean;
}

/** What a browser says when nobody answers, or when the page may not read the answer. */
export const CONNECTION_FAULTS: readonly RegExp[] = [
  /net::ERR_\w+/,
  /^Access to fetch /,
  /has been blocked by CORS policy/,
];

export interface Visitor {
  /** A page without a cookie and without anything stored. */
  open(options: VisitOptions): Promise<Page>;
  /**
   * Into `e2e/console/screenshots`, which Git ignores; into `docs/images` with AGENTOS_DOCS_IMAGES=1. None are made by
   * `npm test` alone: nobody looks at them there, and more than a hundred take half a minute.
   */
  screenshot(page: Page, name: string, options?: { readonly isWholePage?: boolean }): Promise<void>;
  /**
   * What axe finds that is serious or critical, in words; empty when all is well. While the list of a select or a combobox is
   * open, Base UI hides the rest of the page from screen readers and Tab closes the list: axe takes that for a trap. `within`
   * looks at what this selector finds alone: at a layer over a page that was looked at before.
   */
  findBarriers(page: Page, options?: BarrierOptions): Promise<readonly string[]>;
}

interface BarrierOptions {
  readonly hasOpenList?: boolean;
  readonly within?: string;
}

export const SIZES = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } } as const;
const ROOT = join(import.meta.dirname, "../..");
const SCREENSHOTS = join(import.meta.dirname, "screenshots");
const IMAGES = "docs/images/console";
/** Text of the pages, where their pictures are to be made anew. */
const PAGES =
  process.env["AGENTOS_DOCS_IMAGES"] === "1"
    ? globSync(["*.md", "docs/*.md"], { cwd: ROOT }).map((path) => readFileSync(join(ROOT, path), "utf8"))
    : undefined;
const isLookedAt =
  process.env["AGENTOS_DOCS_IMAGES"] === "1" || process.env["npm_lifecycle_event"] !== "test";

/** For a person's eyes all four; `npm test` takes no pictures, and what a page may not do in one it does in an opposite. */
export const LOOKS: readonly Look[] = isLookedAt
  ? [...OPPOSITES, { theme: "dark", width: "desktop" }, { theme: "light", width: "phone" }]
  : OPPOSITES;

/** The browser's own word on an answer that the page understands: refusals are data. */
const ANSWERED = /^Failed to load resource: the server responded with a status of 4\d\d/;

let shared: Promise<Browser> | undefined;

/** A test with a visitor. */
export const story = base.extend<{ visitor: Visitor }>({
  visitor: async ({ task }, use) => {
    const browser = await (shared ??= chromium.connect(inject("browserEndpoint")));
    const faults: string[] = [];
    // After the story its servers close, and what a page still asks them is nobody's fault.
    const tell = (fault: string) => {
      if (task.result?.state === "run") faults.push(fault);
    };
    const closing: (() => Promise<void>)[] = [];
    await use({
      async open({ origins, theme = "light", width = "desktop", expects = [], ignoresCertificate = false }) {
        const context = await browser.newContext({
          ignoreHTTPSErrors: ignoresCertificate,
          viewport: SIZES[width],
          colorScheme: theme,
          // Nothing is caught in the middle of a movement.
          reducedMotion: "reduce",
          hasTouch: width === "phone",
          isMobile: width === "phone",
        });
        closing.push(() => context.close());
        const page = await context.newPage();
        watch(page, { origins, expects }, tell);
        return page;
      },
      async screenshot(page, name, { isWholePage = false } = {}) {
        if (!isLookedAt) return;
        if (PAGES?.some((text) => text.includes(`images/console/${name}.png`)) === false) return;
        const size = page.viewportSize();
        // As high as the page, so that what sticks to the window is where it belongs.
        if (isWholePage && size !== null) {
          const height = await page.evaluate<number>("document.documentElement.scrollHeight");
          await page.setViewportSize({ ...size, height: Math.max(size.height, height) });
        }
        const picture = await page.screenshot({ animations: "disabled", caret: "hide" });
        if (isWholePage && size !== null) await page.setViewportSize(size);
        const folder = PAGES === undefined ? SCREENSHOTS : join(ROOT, IMAGES);
        mkdirSync(folder, { recursive: true });
        writeFileSync(join(folder, `${name}.png`), PAGES === undefined ? picture : shrinkPng(picture));
      },
      async findBarriers(page, { hasOpenList = false, within } = {}) {
        await page.evaluate(SETTLE);
        const axe = new AxeBuilder({ page })
          // Our pages have no frames. The other mode opens a page beside for them, each time.
          .setLegacyMode()
          .options({ resultTypes: ["violations"] })
          .disableRules(hasOpenList ? ["aria-hidden-focus"] : []);
        const { violations } = await (within === undefined ? axe : axe.include(within)).analyze();
        return violations
          .filter(({ impact }) => impact === "serious" || impact === "critical")
          .map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html).join(" ")}`);
      },
    });
    for (const close of closing) await close();
    if (faults.length > 0) throw new Error(`the page did what it must not:\n${faults.join("\n")}`);
  },
});

function watch(
  page: Page,
  { origins, expects = [] }: Pick<VisitOptions, "origins" | "expects">,
  tell: (fault: string) => void,
): void {
  const isExpected = (text: string) => [ANSWERED, ...expects].some((pattern) => pattern.test(text));
  page.on("console", (message) => {
    if (message.type() === "error" && !isExpected(message.text())) tell(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => tell(`uncaught: ${error.stack ?? error.message}`));
  page.on("request", (request) => {
    const { protocol, origin } = new URL(request.url());
    if (!["data:", "blob:"].includes(protocol) && !origins.includes(origin))
      tell(`request to another host: ${request.method()} ${request.url()}`);
  });
}

/** After another theme or another width: two frames, and the end of what moves and ends. */
const SETTLE = `new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))).then(() =>
  Promise.allSettled(
    document
      .getAnimations()
      .filter((one) => one.effect.getComputedTiming().endTime !== Infinity)
      .map((one) => one.finished),
  ).then(() => undefined),
)`;

/** Whether the page can be pushed sideways, which no page of ours may. */
export async function overflowsSideways(page: Page): Promise<boolean> {
  await page.evaluate(SETTLE);
  return page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth");
}
