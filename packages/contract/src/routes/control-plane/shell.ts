/** What is there before anybody has signed in. */
import { z } from "zod";
import type { ControlPlaneTable } from "./table.ts";

// biome-ignore format: one route is one line, and its answers below it
export const shellRoutes = {
  "shell.page": { method: "GET", path: "/", access: "public", isWrite: false, tag: "Shell", summary: "The page that people open" },
  "shell.script": { method: "GET", path: "/assets/page.js", access: "public", isWrite: false, tag: "Shell", summary: "Script of the page" },
  "shell.style": { method: "GET", path: "/assets/page.css", access: "public", isWrite: false, tag: "Shell", summary: "Style of the page" },
  "shell.health": { method: "GET", path: "/health", access: "public", isWrite: false, tag: "Shell", summary: "Liveness",
    responses: { 200: { description: "alive", json: z.object({ status: z.literal("ok") }) } } },
  "shell.error": { method: "GET", path: "/errors/{code}", access: "public", isWrite: false, tag: "Shell", summary: "What an error code means and how to fix it" },
} as const satisfies ControlPlaneTable;
