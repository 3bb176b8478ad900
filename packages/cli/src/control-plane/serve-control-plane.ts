/** `agentos control-plane serve`: the control plane alone, for AgentOS servers elsewhere. */
import { isLoopbackHost } from "@agentos/auth";
import { createControlPlane, DEFAULT_CONTROL_PLANE_PORT } from "@agentos/control-plane";
import { findRunningDev } from "../dev/running-dev.ts";
import type { Context } from "../program/context.ts";
import { ExitCode } from "../program/exit-codes.ts";
import { CliFailure } from "../program/failure.ts";
import { showUntrusted } from "../program/terminal.ts";
import { findFreePort } from "../serve/find-free-port.ts";
import { readListenOptions } from "../serve/read-listen-options.ts";
import { explainAddress, waitForSignal } from "../serve/until-signal.ts";
import { type MachineCommandOptions, readMachineOptions } from "./machine-options.ts";

export interface ServeControlPlaneOptions extends MachineCommandOptions {
  readonly host?: string;
  readonly port?: string;
  readonly allowPrivateEndpoint?: readonly string[];
  readonly trustedProxy?: readonly string[];
  readonly auditDays?: string;
}

/** Serves, and resolves when it has been stopped. */
export async function serveControlPlane(options: ServeControlPlaneOptions, context: Context): Promise<void> {
  const { terminal, env, cli } = context;
  const { host, port: given } = readListenOptions(options);
  const named = options.url ?? (env["AGENTOS_CONTROL_PLANE_URL"] || undefined);
  // Its address is part of what it signs, so it is known before it listens.
  const port = named === undefined && given === 0 ? await findFreePort() : given;
  const url = named ?? `http://127.0.0.1:${port ?? DEFAULT_CONTROL_PLANE_PORT}`;
  assertHttps(url, host);
  assertHosts(options.allowPrivateEndpoint ?? []);
  const controlPlane = createControlPlane({
    ...(await readMachineOptions(options, context)),
    url,
    allowedPrivateEndpoints: options.allowPrivateEndpoint ?? [],
    trustedProxies: options.trustedProxy ?? [],
    ...(options.auditDays === undefined ? {} : { retention: { auditDays: Number(options.auditDays) } }),
  });
  const server = await controlPlane.serve({ host, port: port ?? portOf(url) }).catch((error: unknown) => {
    throw explainAddress(error, { option: "--port", step: 1 });
  });
  await warnOfDev(options, url, context);
  warnOfProxy(options, url, context);
  // Before anybody is told that it is ready: who reads that may end it at once.
  const stopped = waitForSignal(server, context);
  terminal.print(
    `The control plane is ready at ${terminal.paint("bold", showUntrusted(url))}  ${terminal.paint("dim", "(Ctrl-C stops)")}`,
  );
  terminal.note(`\`${nameOwnerLink(cli, options, url)}\` prints a link that lets an Owner in`);
  await stopped;
}

/** The command that is about this very control plane. An address with a password in it is not repeated. */
function nameOwnerLink(cli: string, { database }: ServeControlPlaneOptions, url: string): string {
  const isDefault = url === `http://127.0.0.1:${DEFAULT_CONTROL_PLANE_PORT}`;
  return [
    `${cli} control-plane owner-link`,
    ...(isDefault ? [] : [`--url ${showUntrusted(url)}`]),
    ...(database === undefined
      ? []
      : [`--database ${/^(env|file|sqlite):[\w./-]+$/.test(database) ? database : "…"}`]),
  ].join(" ");
}

/** One database under two addresses: what one of them signs, links and remembers is of its own address. */
async function warnOfDev(
  { database }: ServeControlPlaneOptions,
  url: string,
  { workingDirectory, env, terminal: { note, paintNote } }: Context,
): Promise<void> {
  if (database !== undefined || (env["AGENTOS_CONTROL_PLANE_DATABASE"] ?? "") !== "") return;
  const other = (await findRunningDev(workingDirectory))?.controlPlaneUrl;
  if (other === undefined || other === url) return;
  note(
    `${paintNote("yellow", "warning:")} the \`agentos dev\` of this folder serves the same database at ${showUntrusted(other)}; links, sessions and tokens of one address are not good at the other. Stop one of them, or give this one a database of its own with --database`,
  );
}

/** The control plane ends no TLS itself. The log says it too, with what follows from it. */
function warnOfProxy(
  { trustedProxy = [] }: ServeControlPlaneOptions,
  url: string,
  { terminal: { note, paintNote } }: Context,
): void {
  if (trustedProxy.length > 0 || URL.parse(url)?.protocol !== "https:") return;
  note(
    `${paintNote("yellow", "warning:")} no proxy is trusted, so all people count as one client; start it with --trusted-proxy and the address of the proxy in front, such as 127.0.0.1`,
  );
}

/** What can be no host would match none, and the instance would stay uncalled without a word. */
function assertHosts(hosts: readonly string[]): void {
  if (hosts.every(isHost)) return;
  throw new CliFailure('a value of "--allow-private-endpoint" is no host', {
    fix: "write the host alone, or host and port, such as agents.internal or 10.0.0.7:7777",
    exitCode: ExitCode.invalidConfiguration,
  });
}

function isHost(text: string): boolean {
  const parsed = URL.parse(`http://${text}`);
  if (parsed === null) return false;
  const { hostname } = parsed;
  return text.toLowerCase().startsWith(hostname) && /^(?::\d{1,5})?$/.test(text.slice(hostname.length));
}

/** Where no port is said, it listens where its address leads; behind a proxy that is another one. */
function portOf(url: string): number {
  const parsed = URL.parse(url);
  return parsed?.protocol === "http:" && parsed.port !== ""
    ? Number(parsed.port)
    : DEFAULT_CONTROL_PLANE_PORT;
}

/** Whoever listens beyond this machine has people who sign in from elsewhere, and over http anybody reads their session. */
function assertHttps(url: string, host: string | undefined): void {
  if (host === undefined || isLoopbackHost(host) || URL.parse(url)?.protocol === "https:") return;
  throw new CliFailure('"--host" lets other machines in, and "--url" is not https', {
    fix: "give the https address of the proxy that ends TLS in front with --url; or listen on localhost",
    exitCode: ExitCode.invalidConfiguration,
  });
}
