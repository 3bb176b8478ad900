/**
 * Refusals for where a request comes from: the machine, the way and the web page. Nobody is known by then. Codes are never
 * renamed or reused.
 */
import type { RefusalEntry } from "./entry.ts";
import { refusal } from "./refusal-entry.ts";

/** For a server that has nothing but the way of a request to judge it by. */
const LOCAL = "this AgentOS answers this machine only, because {why_open}";
const forbidden = { status: 403, challenge: "none" } as const;
const believing = { ...forbidden, stage: "loopback", publicFacts: ["why_open", "way_out"] } as const;
const disallowed = {
  status: 400,
  challenge: "none",
  stage: "origin",
  detail: "Disallowed CORS origin",
} as const;

export const originRefusals = {
  AUTH_HOST_NOT_ALLOWED: refusal({
    ...believing,
    detail: "Host not allowed",
    title: `the Host header names another machine than this one; ${LOCAL}`,
    fix: "call it as localhost or 127.0.0.1; to open it to others, {way_out}",
  }),
  AUTH_PROXY_NOT_ALLOWED: refusal({
    ...believing,
    detail: "Proxied request not allowed",
    title: `the request came through a proxy (header "{proxy_header}"); ${LOCAL}`,
    fix: "call it without the proxy, from this machine; to open it to others, {way_out}",
    publicFacts: [...believing.publicFacts, "proxy_header"],
  }),
  AUTH_PEER_NOT_LOCAL: refusal({
    ...believing,
    detail: "Client address not allowed",
    title: `the request came from another machine; ${LOCAL}`,
    fix: "call it from the machine that it runs on; to open it to others, {way_out}",
  }),
  AUTH_PEER_UNKNOWN: refusal({
    ...believing,
    detail: "Client address unknown",
    title: `nothing tells which machine the request came from; ${LOCAL}`,
    fix: 'hand over the address of the peer: `fetch(request, { clientAddress: "127.0.0.1" })` where the caller is this process; to open it to others, {way_out}',
  }),
  AUTH_ORIGIN_NOT_ALLOWED: refusal({
    ...believing,
    detail: "Origin not allowed",
    title: `a web page of another origin sent the request; ${LOCAL}`,
    fix: 'add the origin of the page to "cors.allowedOrigins", as the header "Origin" of the request has it; to open it to others, {way_out}',
  }),
  AUTH_ORIGIN_OPAQUE: refusal({
    ...believing,
    detail: "Origin not allowed",
    title: `a web page without an origin of its own sent the request ("Origin: null"); ${LOCAL}`,
    fix: 'serve the page over http instead of opening it as a file or in a sandbox, and add the address that it then has to "cors.allowedOrigins"',
  }),
  AUTH_SITE_NOT_ALLOWED: refusal({
    ...believing,
    detail: "Origin not allowed",
    title: `a page of another site led here, by a link, an image or a frame; ${LOCAL}`,
    fix: "open the address in the browser yourself instead of following the link; to open it to others, {way_out}",
  }),
  AUTH_CORS_ORIGIN_REFUSED: refusal({
    ...disallowed,
    title: 'the origin "{origin}" of the web page is not allowed, so its browser keeps the answer from it',
    fix: 'add "{origin}" to "cors.allowedOrigins"',
    publicFacts: ["origin"],
  }),
  AUTH_CORS_ORIGIN_OPAQUE: refusal({
    ...disallowed,
    title: 'the web page has no origin of its own ("Origin: null"), so its browser keeps the answer from it',
    fix: 'serve the page over http instead of opening it as a file or in a sandbox, and add the address that it then has to "cors.allowedOrigins"',
  }),
  AUTH_COOKIE_CROSS_SITE: refusal({
    ...forbidden,
    stage: "origin",
    detail: "Cross-site request refused",
    title:
      'the request carries only a cookie, and neither "Origin" nor "Sec-Fetch-Site" says that it comes from a page of this site or of an allowed origin',
    fix: '{alternative}add the origin of the page to "cors.allowedOrigins"',
    publicFacts: ["alternative"],
  }),
} as const satisfies Record<string, RefusalEntry>;
