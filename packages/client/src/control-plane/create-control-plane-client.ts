/** A client of the control plane: people, instances, keys and tokens. */
import type { Call, CallGroups } from "../wire/call-types.ts";
import { createCall, createGroups } from "../wire/caller.ts";
import { type ClientOptions, readClientOptions } from "../wire/client-options.ts";
import { createTransport } from "../wire/transport.ts";
import { CONTROL_PLANE_CALLS, type ControlPlaneRoutes } from "./control-plane-calls.ts";
import { BROWSER_COOKIES, createCookieSession, type SessionStore } from "./cookie-session.ts";

/** Options of {@link createControlPlaneClient}. */
export interface ControlPlaneClientOptions extends ClientOptions {
  /** Where the session is kept; needed outside of browsers. Default: the browser's own cookies. */
  readonly session?: SessionStore | undefined;
}

/** A client of the control plane: `members.add` is `client.members.add(…)`, or `client.call("members.add", …)`. */
export type ControlPlaneClient = CallGroups<ControlPlaneRoutes> & {
  /** Where it is, without a slash at the end. */
  readonly baseUrl: string;
  /** Any route by its id. */
  readonly call: Call<ControlPlaneRoutes>;
};

/**
 * Makes a client. Nothing is sent yet.
 *
 * @example
 * const controlPlane = createControlPlaneClient({ baseUrl: "http://127.0.0.1:7778", session: createMemorySession() });
 * await controlPlane.signIn.redeemLink({ body: { secret } });
 */
export function createControlPlaneClient(options: ControlPlaneClientOptions): ControlPlaneClient {
  const { session } = options;
  // A link works once, and would be spent for a session that nobody keeps.
  const isForgetful = session === undefined && !("location" in globalThis);
  const { base, runtime, retries, ...limits } = readClientOptions(
    options,
    isForgetful
      ? ['"session" is missing, and only a browser keeps cookies by itself: give createMemorySession()']
      : [],
  );
  const credential =
    session === undefined
      ? BROWSER_COOKIES
      : createCookieSession(session, { origin: base.origin, clock: runtime.clock });
  const transport = createTransport({ server: "control-plane", base, credential, runtime, retries });
  const caller = { transport, ...limits };
  const client = {
    ...createGroups(CONTROL_PLANE_CALLS, caller),
    baseUrl: base.prefix,
    call: (id: keyof typeof CONTROL_PLANE_CALLS, ...args: Parameters<ReturnType<typeof createCall>>) =>
      createCall(id, CONTROL_PLANE_CALLS[id], caller)(...args),
  };
  // The types of the table say what was made of it.
  return Object.freeze(client) as unknown as ControlPlaneClient;
}

/** A session that is gone with the process. */
export function createMemorySession(): SessionStore {
  let held: string | undefined;
  return {
    get: () => held,
    set(cookies) {
      held = cookies;
    },
  };
}
