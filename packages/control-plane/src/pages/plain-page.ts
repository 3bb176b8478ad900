/**
 * The page that people open until the console exists: it signs in, and shows what the instances of an organization look
 * like. Nothing in the document runs or is styled by itself, so its policy allows no inline code at all.
 */
import { PAGE_SCRIPT } from "./page-script.ts";
import { PAGE_STYLE } from "./page-style.ts";

/** Where the document finds them. */
const SCRIPT_PATH = "/assets/page.js";
const STYLE_PATH = "/assets/page.css";

const DOCUMENT = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>AgentOS control plane</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${STYLE_PATH}">
<script src="${SCRIPT_PATH}" defer></script>
</head>
<body>
<main aria-live="polite"><noscript>This page needs JavaScript.</noscript></main>
</body>
</html>
`;

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join("; ");

const HEADERS = {
  // Nothing of it is old after an upgrade, and a shared cache has no use for it.
  "cache-control": "no-store",
  "content-security-policy": POLICY,
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "same-origin",
  "x-content-type-options": "nosniff",
  "x-dns-prefetch-control": "off",
};

/** The document, with the policy that it is shown under. */
export const answerPage = (): Response => answer(DOCUMENT, "text/html");
export const answerScript = (): Response => answer(PAGE_SCRIPT, "text/javascript");
export const answerStyle = (): Response => answer(PAGE_STYLE, "text/css");

function answer(text: string, type: string): Response {
  return new Response(text, { headers: { ...HEADERS, "content-type": `${type}; charset=utf-8` } });
}
