/** The address of an AgentOS as people write it, made into one to put a path behind; and what may be sent there. */
import { isLoopbackHost } from "@agentos/auth";
import { ADMIN_SCOPE } from "@agentos/contract";
import { CliFailure } from "../program/failure.ts";
import { matchRoute } from "../scopes/route-table.ts";
import type { DoctorRequest } from "./report.ts";

export interface Address {
  /** Without a slash at its end. */
  readonly base: string;
  /** The address was that of a route: what was asked for there. */
  readonly request: DoctorRequest | undefined;
}

/** Pages that people open to see whether it runs; none of them is what they ask about. */
const PAGES = new Set(["info", "health", "docs"]);

/**
 * `localhost:7777`, `https://host/prefix/`, or the URL of one of its routes. Without a scheme it is https, on this
 * machine http: what is sent there may be a token.
 */
export function readAddress(text: string, method = "GET"): Address {
  const trimmed = text.trim();
  // `http:/host` would be a path on a machine with the name "http".
  if (/^https?:(?!\d|\/\/)/i.test(trimmed)) throw unusable('has no two slashes behind "http:" or "https:"');
  const url = parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(trimmed) ? trimmed : `https://${trimmed}`);
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(trimmed) && isThisMachine(url.hostname))
    return readAddress(`http://${trimmed}`, method);
  if (url.protocol !== "http:" && url.protocol !== "https:") throw unusable("is neither http nor https");
  // It would be printed, and sent with every request.
  if (url.username !== "" || url.password !== "") throw unusable("holds a user name or password");
  const segments = url.pathname.split("/").filter((segment) => segment !== "");
  if (PAGES.has(segments.at(-1) ?? ""))
    return { base: toBase(url, segments.slice(0, -1)), request: undefined };
  // An address says no method: where there is no such route, the one of another method is meant.
  for (const meant of new Set([method, ...METHODS])) {
    for (let start = 0; start < segments.length; start += 1) {
      const path = `/${segments.slice(start).join("/")}`;
      const matched = matchRoute(meant, path, ADMIN_SCOPE);
      if ("route" in matched)
        return {
          base: toBase(url, segments.slice(0, start)),
          request: { method: meant, path, matched },
        };
    }
  }
  return { base: toBase(url, segments), request: undefined };
}

const METHODS = ["POST", "PATCH", "PUT", "DELETE"] as const;

function parse(text: string): URL {
  if (!URL.canParse(text)) throw unusable("is no URL");
  return new URL(text);
}

function toBase(url: URL, prefix: readonly string[]): string {
  return [url.origin, ...prefix].join("/");
}

/** A server that listens everywhere prints 0.0.0.0 as its address; whoever connects to it reaches this machine. */
function isThisMachine(hostname: string): boolean {
  return isLoopbackHost(hostname) || hostname === "0.0.0.0" || hostname === "[::]";
}

/** Refuses to send a credential where everybody on the way can read it, unless that is said to be fine. */
export function assertConfidential(
  base: string,
  { isInsecureHttp }: { readonly isInsecureHttp: boolean },
): void {
  const { protocol, hostname } = new URL(base);
  if (protocol === "https:" || isInsecureHttp || isThisMachine(hostname)) return;
  throw new CliFailure(
    "the token is not sent over http to another machine: everybody on the way could read it",
    {
      fix: "give the address with https://; or add --insecure-http, where the network in between is your own",
    },
  );
}

function unusable(problem: string): CliFailure {
  return new CliFailure(`the address given with "--url" ${problem}`, {
    fix: "give the address of the AgentOS, such as http://localhost:7777",
  });
}
