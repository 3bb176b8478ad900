/**
 * Calls instances. The address is judged where the connection is made, on the very answer of the resolver that is then
 * connected to: a name that resolves to something else a moment later gains nothing. Nothing is followed, unpacked or
 * kept open, and an answer is given up at its first byte too many.
 */
import { Agent as HttpAgent, request as requestHttp } from "node:http";
import { Agent as HttpsAgent, request as requestHttps } from "node:https";
import { isIP, type LookupFunction } from "node:net";
import { describeConnectionFault } from "@agentos/guard/app";
import type { CallInstance, InstanceAnswer, InstanceCall } from "./call-instance.ts";
import { type AllowedPrivateEndpoints, isCallable, isListed } from "./judge-address.ts";
import { readAnswer } from "./read-answer.ts";
import { createPublicResolve, type Resolve, resolveOnMachine } from "./resolve-host.ts";

export interface CallInstanceOptions {
  /** Hosts that may be called inside one's own network, each `HOST` or `HOST:PORT`. Default: none. */
  readonly allowedPrivateEndpoints?: AllowedPrivateEndpoints | undefined;
  /** For all of it, from the first byte to the last, milliseconds. Default: 5,000. */
  readonly timeoutMs?: number | undefined;
  /** Default: that of the machine for listed hosts, and its name servers alone for all others. */
  readonly resolve?: Resolve | undefined;
}

const MAX_HEADER_BYTES = 16 * 1024;

/** Creates it. */
export function createCallInstance(options: CallInstanceOptions = {}): CallInstance {
  const { allowedPrivateEndpoints: allowed = [], timeoutMs = 5_000 } = options;
  const resolvePublic = createPublicResolve();
  return (call) => {
    const url = new URL(call.endpoint + call.path);
    const listed = isListed(url, allowed);
    // A literal is connected to without a look-up.
    const literal = url.hostname.replace(/^\[|\]$/g, "");
    if (isIP(literal) !== 0 && !isCallable(literal, listed))
      return Promise.resolve({ kind: "address-refused" });
    // A name that anybody may give occupies no thread of the machine's own resolver.
    const isOwn = listed || url.hostname === "localhost";
    const resolve = options.resolve ?? (isOwn ? resolveOnMachine : resolvePublic);
    return send(url, call, { lookup: createLookup(resolve, listed), timeoutMs });
  };
}

class AddressRefused extends Error {}

/** A look-up that fails where any address of the host may not be called. */
function createLookup(resolve: Resolve, listed: boolean): LookupFunction {
  return (hostname, { all }, done) => {
    resolve(hostname, (error, addresses) => {
      const [first] = addresses;
      if (error !== null || first === undefined)
        return done(error ?? Object.assign(new Error("no address"), { code: "ENOTFOUND" }), []);
      if (!addresses.every(({ address }) => isCallable(address, listed)))
        return done(new AddressRefused(), []);
      return all === true ? done(null, [...addresses]) : done(null, first.address, first.family);
    });
  };
}

interface SendOptions {
  readonly lookup: LookupFunction;
  readonly timeoutMs: number;
}

function send(url: URL, call: InstanceCall, options: SendOptions): Promise<InstanceAnswer> {
  const { lookup, timeoutMs } = options;
  const isTls = url.protocol === "https:";
  const body = call.body === undefined ? undefined : JSON.stringify(call.body);
  // Of its own, so that no connection serves two instances; and one without the proxies that the environment names.
  const agent = isTls ? new HttpsAgent({ keepAlive: false }) : new HttpAgent({ keepAlive: false });
  const timeout = AbortSignal.timeout(timeoutMs);
  return new Promise<InstanceAnswer>((resolve) => {
    const request = (isTls ? requestHttps : requestHttp)(url, {
      agent,
      lookup,
      method: call.method,
      maxHeaderSize: MAX_HEADER_BYTES,
      signal: timeout,
      headers: {
        authorization: `Bearer ${call.token}`,
        accept: "application/json",
        "accept-encoding": "identity",
        connection: "close",
        ...(body === undefined
          ? {}
          : { "content-type": "application/json", "content-length": String(Buffer.byteLength(body)) }),
      },
    });
    const fail = (error: unknown) => resolve(describeFailure(error, timeout, timeoutMs));
    request.on("error", fail);
    // Nobody of ours asked for it; without a listener the socket would stay open.
    request.on("upgrade", (_response, socket) => {
      socket.destroy();
      resolve({ kind: "unreachable", reason: "it changes to another protocol, and answers nothing" });
    });
    request.on("response", (response) => {
      readAnswer(response)
        .then(resolve, fail)
        .finally(() => request.destroy());
    });
    request.end(body);
  }).finally(() => agent.destroy());
}

function describeFailure(error: unknown, timeout: AbortSignal, timeoutMs: number): InstanceAnswer {
  if (error instanceof AddressRefused) return { kind: "address-refused" };
  if (timeout.aborted)
    return { kind: "unreachable", reason: `it did not answer within ${timeoutMs / 1_000} seconds` };
  if (error instanceof Error && "code" in error && error.code === "HPE_HEADER_OVERFLOW")
    return {
      kind: "unreachable",
      reason: `its answer has more than ${MAX_HEADER_BYTES / 1024} KiB of headers`,
    };
  if (error instanceof Error && "code" in error && String(error.code).startsWith("HPE_"))
    return { kind: "unreachable", reason: "what answers does not speak HTTP" };
  return { kind: "unreachable", reason: describeConnectionFault(error).reason };
}
