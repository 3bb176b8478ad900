// What stories drive the browser with. They import it from here, since only this folder has its packages.
export { AxeBuilder } from "@axe-core/playwright";
export { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
export { shrinkPng } from "./shrink-png.ts";
