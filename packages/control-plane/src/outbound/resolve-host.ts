/**
 * Host names to addresses. The resolver of the machine knows its files and search domains, and has two threads for all: a
 * name server that does not answer holds one for many seconds, and what was given up in time goes on there. So it is asked
 * only for hosts that the operator has listed. What members name is asked of the name servers, over sockets of our own.
 */
import { type LookupAddress, lookup as lookUp } from "node:dns";
import { Resolver } from "node:dns/promises";

/** All addresses of a host name, as `lookup` of node:dns gives them. */
export type Resolve = (
  hostname: string,
  done: (error: Error | null, addresses: readonly LookupAddress[]) => void,
) => void;

export const resolveOnMachine: Resolve = (hostname, done) =>
  lookUp(hostname, { all: true }, (error, addresses) => done(error, addresses ?? []));

/** Creates it. `nameServers`: default those of the machine. */
export function createPublicResolve(nameServers?: readonly string[]): Resolve {
  const resolver = new Resolver({ timeout: 1_000, tries: 2 });
  if (nameServers !== undefined) resolver.setServers(nameServers);
  // Neither look-up rejects here: what failed is handed on, as a look-up of node:dns does it.
  async function ask(hostname: string, done: Parameters<Resolve>[1]): Promise<void> {
    const [four, six] = await Promise.allSettled([resolver.resolve4(hostname), resolver.resolve6(hostname)]);
    const addresses = [
      ...(four.status === "fulfilled" ? four.value : []).map((address) => ({ address, family: 4 })),
      ...(six.status === "fulfilled" ? six.value : []).map((address) => ({ address, family: 6 })),
    ];
    const failure: unknown = four.status === "rejected" ? four.reason : undefined;
    done(addresses.length === 0 && isTrouble(failure) ? failure : null, addresses);
  }
  return (hostname, done) => void ask(hostname, done);
}

/** A name without addresses is no trouble of the name server. */
function isTrouble(failure: unknown): failure is Error {
  return failure instanceof Error && (!("code" in failure) || failure.code !== "ENODATA");
}
