/**
 * Tells the operator of a proxy that nobody trusts. Behind one, everybody has its address: failed attempts to sign in are
 * counted for all of them together, and a stranger shuts everybody out for a while.
 */
import { findProxyHeader } from "@agentos/auth";
import type { Logger } from "@agentos/guard";

export interface ProxyWarningOptions {
  /** Public address. */
  readonly url: string;
  readonly trustedProxies: readonly string[];
  readonly cliCommand: string;
  readonly logger: Pick<Logger, "warn">;
}

export interface ProxyWarning {
  /** The control plane ends no TLS itself: with an https address something in front does. */
  atStart(): void;
  /** A header that only proxies write, or somebody who plays one. */
  onRequest(request: Request, findPeer: () => string | undefined): void;
}

/** Warns once. */
export function createProxyWarning({
  url,
  trustedProxies,
  cliCommand,
  logger,
}: ProxyWarningOptions): ProxyWarning {
  let isOver = trustedProxies.length > 0;
  const warn = (facts: object, message: string, otherwise: string) => {
    isOver = true;
    const fix = `start \`${cliCommand} control-plane\` with --trusted-proxy and the address of the proxy as this machine sees it, such as 127.0.0.1 (in code: "trustedProxies")${otherwise}`;
    logger.warn({ ...facts, fix }, message);
  };
  return {
    atStart() {
      if (isOver || !url.startsWith("https:")) return;
      warn(
        { url },
        "no proxy is trusted, and an https address has one in front: everybody who comes through it counts as one client, so failed attempts to sign in of one shut out the others",
        "",
      );
    },
    onRequest({ headers }, findPeer) {
      if (isOver) return;
      const header = findProxyHeader({
        header: (name) => headers.get(name),
        headerNames: () => headers.keys(),
      });
      if (header === undefined) return;
      warn(
        { peer: findPeer(), header },
        "a request came through a proxy, and none is trusted: everybody behind it counts as one client, so failed attempts to sign in of one shut out the others",
        `, and let it name the client in X-Forwarded-For; where there is no proxy, the client itself has sent the header ${header}, which is not believed`,
      );
    },
  };
}
