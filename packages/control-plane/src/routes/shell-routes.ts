/** What is there before anybody has signed in. */
import { ERROR_PAGE_HEADERS, notFound, renderErrorPage } from "@agentos/guard/app";
import type { HandlersOf } from "../app/handler.ts";
import { answerPage, answerScript, answerStyle } from "../pages/plain-page.ts";

/** Creates them. */
export function createShellRoutes({ cliCommand }: { readonly cliCommand: string }): HandlersOf<"shell"> {
  return {
    "shell.page": async () => answerPage(),
    "shell.script": async () => answerScript(),
    "shell.style": async () => answerStyle(),
    "shell.health": async () => ({ status: "ok" }),
    "shell.error": async ({ parameters }) => {
      const html = renderErrorPage(parameters.code, cliCommand);
      return html === undefined ? notFound() : new Response(html, { headers: ERROR_PAGE_HEADERS });
    },
  };
}
