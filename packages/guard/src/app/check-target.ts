/**
 * Refuses what is no request for one host and one path of a readable length. It stands before routing, whoever builds the
 * `Request`: an adapter that is not ours builds its URL of the Host header too.
 */
import { DEFAULT_ISSUER_NAME, type Owner } from "@agentos/auth";
import type { Fetch } from "./fetch.ts";
import type { LimitLog } from "./limit-log.ts";
import { limitResponse } from "./limit-response.ts";
import { isHostAndPort, MAX_TARGET_BYTES, readSent } from "./request-line.ts";
import { badRequest } from "./responses.ts";

const TOO_LONG = { code: "INPUT_TARGET_TOO_LONG", limit: MAX_TARGET_BYTES } as const;
const STRANGER: Owner = Object.freeze({ issuer: DEFAULT_ISSUER_NAME, kind: "anonymous", id: "" });

/** Lets a request pass whose target and Host can be read; answers every other with 400 or 414. */
export function withCheckedTarget(fetch: Fetch, limitLog: LimitLog): Fetch {
  // Nearly every request names the host of the one before it.
  let lastHost: string | undefined;
  return (request, env) => {
    const { host, targetLength } = readSent(request, env);
    if (host !== lastHost && host !== undefined) {
      if (!isHostAndPort(host))
        return badRequest("the Host header is not one host name with an optional port");
      lastHost = host;
    }
    if (targetLength <= MAX_TARGET_BYTES) return fetch(request, env);
    limitLog.note(TOO_LONG, { caller: STRANGER, route: `${request.method} (no route)` });
    return limitResponse(TOO_LONG);
  };
}
