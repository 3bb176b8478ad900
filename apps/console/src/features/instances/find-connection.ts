/** The lights from the address to what answers there: what this browser saw of the way, and what to do. Pure. */
import { type BrowserKind, explainLocalNetwork, nameBrowser } from "../../lib/browser-kind.ts";
import { findNearer } from "../../lib/endpoint-place.ts";
import type { Instance } from "../../lib/instance-state.ts";
import { writeOriginLine } from "../../lib/origin-line.ts";
import type { ProbeAnswer, ProbeReport } from "../../lib/probe-endpoint.ts";
import { asSentence, clip } from "../../lib/words.ts";
import { type Found, type LightsInput, LOOKING, type Words } from "./light.ts";

/** Up to what answers there. */
export function findConnection({ instance, report, browser, consoleOrigin, taken }: LightsInput): Found {
  const { endpoint } = instance;
  if (endpoint === null)
    return {
      address: { state: "asks", said: "None yet", fix: "Give the address that the AgentOS is served at." },
    };
  if (taken !== undefined)
    return {
      address: {
        state: "failed",
        said: `“${clip(taken.name, 80)}” is connected at ${endpoint} already`,
        fix: "Use that one, or give the address of another AgentOS.",
        bar: { word: "Connected already", note: "There is one instance for each address." },
      },
    };
  const address = describeAddress(endpoint, instance);
  if (report === undefined) return { address, network: LOOKING };
  const network: Words = { state: "passed", said: `${nameBrowser(browser)} sends the request` };
  const reachable: Words = { state: "passed", said: "Something answers there" };
  const { outcome } = report;
  if (outcome === "answered")
    return {
      address,
      network,
      reachable,
      cors: { state: "passed", said: `${consoleOrigin} may read it` },
      agentos: findNature(report, instance, consoleOrigin),
    };
  if (outcome === "mixed-content") return { address, network: describeMixedContent(browser) };
  if (outcome === "local-network-refused")
    return {
      address,
      network: {
        state: "failed",
        said: `${nameBrowser(browser)} has not let this page into ${findNearer(endpoint, consoleOrigin) === "loopback" ? "this machine" : "the local network"}`,
        fix: explainLocalNetwork(browser),
      },
    };
  if (outcome === "cors-refused")
    return { address, network, reachable, cors: describeCors(instance.name, consoleOrigin) };
  return { address, network, reachable: describeSilence(endpoint, outcome === "timed-out", consoleOrigin) };
}

/** Such an address is refused now; an instance that had it before goes on with it. */
function describeAddress(endpoint: string, { findings, is_draft: isDraft }: Instance): Words {
  const shared = findings.find(({ code }) => code === "INSTANCE_ON_CONSOLE_HOST");
  if (shared === undefined) return { state: "passed", said: endpoint };
  const words = { said: `${endpoint} is on the host of this console`, fix: asSentence(shared.fix) };
  return isDraft
    ? {
        state: "failed",
        ...words,
        bar: { word: "On the console's host", note: "An instance needs another host than this console." },
      }
    : { state: "warn", ...words };
}

function describeMixedContent(browser: BrowserKind): Words {
  return {
    state: "failed",
    said: "This page is on https, the address on http",
    fix: `${nameBrowser(browser)} never sends such a request (mixed content). Serve the instance over https, and change the address here; or open this console over http on the machine itself.`,
  };
}

function describeCors(name: string, consoleOrigin: string): Words {
  return {
    state: "failed",
    said: "The answer does not let this page read it",
    fix: `Let ${consoleOrigin} call the instance: set this on it, and start it again. Where other origins are listed already, add this one to them.`,
    lines: { label: `For the shell of ${name}`, code: writeOriginLine(consoleOrigin) },
  };
}

function describeSilence(endpoint: string, isTimeout: boolean, consoleOrigin: string): Words {
  // Who closes the question of the browser is asked again, and until then it looks as if nobody were there.
  const asked =
    findNearer(endpoint, consoleOrigin) === undefined
      ? ""
      : " Where this browser has asked whether the page may reach your network, allow it.";
  const words = isTimeout
    ? {
        said: "No whole answer came back within 8 seconds (time-out)",
        fix: "A firewall may swallow the request, or the instance hangs. See that it answers on its own machine, and that this machine may reach it. This line asks the same without a browser:",
      }
    : {
        said: "No connection could be made",
        fix: `Start the instance, and check host and port of the address.${asked}${describeScheme(endpoint)} This line asks the same without a browser:`,
      };
  return { state: "failed", ...words, lines: askLine(endpoint) };
}

/** A server without TLS closes such a connection, and the browser says no more of it. */
function describeScheme(endpoint: string): string {
  if (!endpoint.startsWith("https:")) return "";
  return ` Where it is served without TLS, its address begins with http: \`${endpoint.replace(/^https/, "http")}\`.`;
}

function askLine(endpoint: string): { readonly label: string; readonly code: string } {
  return { label: "In a terminal", code: `curl -i --max-time 8 ${endpoint}/health` };
}

function findNature(
  { answers, isRedirected }: ProbeReport,
  { os_id: known, endpoint }: Instance,
  consoleOrigin: string,
): Words {
  if (isRedirected)
    return {
      state: "failed",
      said: "It sends the request elsewhere",
      fix: "The console follows no redirect, since a credential would follow it. Use the address that the AgentOS is served at in the end.",
    };
  const health = answers.find(({ route }) => route === "GET /health");
  if (isAgentOS(answers)) {
    const own = answers.find(({ route }) => route === "GET /info")?.body?.["os_id"];
    return typeof own === "string" && known !== null && own !== known
      ? describeOther(own, known)
      : { state: "passed", said: "It answers as one" };
  }
  const { origin } = new URL(endpoint ?? consoleOrigin);
  if (origin === consoleOrigin)
    return {
      state: "failed",
      said: "This is the address of this console, and of no AgentOS",
      fix: "Give the address that the AgentOS itself is served at: its terminal printed it when it was started.",
    };
  if (health !== undefined && isRefusalOfOurs(health))
    return {
      state: "failed",
      said: `An AgentOS answers there, and has no /health at this path (status ${health.status})`,
      fix: `The path is that of something within it. Take it off: ${origin}, and the prefix where it has one.`,
    };
  if (health?.status === 404)
    return {
      state: "failed",
      said: "Something answers, but not at /health",
      fix: "The path of the address may be wrong: an AgentOS behind a prefix needs it in the address, such as https://example.com/agents. Or another program has this port.",
    };
  return {
    state: "failed",
    said: `The answer to /health is not that of an AgentOS${health === undefined ? "" : ` (status ${health.status})`}`,
    fix: "Another program, or a page of a proxy, is at this address. Check host, port and path.",
  };
}

/** Another one took the address over, or it was renamed: then its tokens name nobody. */
function describeOther(own: string, known: string): Words {
  return {
    state: "warn",
    said: `It is one, and calls itself “${clip(own, 80)}”: “${clip(known, 80)}” was connected here`,
    fix: "Where another AgentOS has this address now, change the address, or connect this one as an instance of its own. Where it was renamed, take its new id.",
  };
}

/** Only ours names its errors so. */
function isRefusalOfOurs({ status, body }: ProbeAnswer): boolean {
  return status >= 400 && typeof body?.["type"] === "string" && body["type"].startsWith("/errors/");
}

/** What is known of the routes that need no credential fits one. */
export function isAgentOS(answers: readonly ProbeAnswer[]): boolean {
  const bodyOf = (route: ProbeAnswer["route"]) => answers.find((answer) => answer.route === route);
  const health = bodyOf("GET /health");
  if (health?.status !== 200 || typeof health.body?.["status"] !== "string") return false;
  const info = bodyOf("GET /info");
  if (
    info?.status === 200 &&
    (typeof info.body?.["os_id"] === "string" || "agent_count" in (info.body ?? {}))
  )
    return true;
  const config = bodyOf("GET /config");
  if (config?.status === 200) return config.body !== undefined || info?.status === 404;
  return (
    (config?.status === 401 || config?.status === 403 || config?.status === 503) &&
    typeof config.body?.["detail"] === "string"
  );
}
