/** Sends requests to one server: with its credential, again where that is safe, and never after a redirect. */
import type { HttpMethod } from "@agentos/contract";
import { type Attempt, beginAttempt, onWire } from "./attempt.ts";
import type { BaseUrl } from "./base-url.ts";
import { AgentOSRefusal, ConnectionFault, isClientError, type SentRequest } from "./client-errors.ts";
import { requireTime } from "./client-options.ts";
import { type Credential, type CredentialInUse, createHide } from "./credential.ts";
import { type HideSecrets, readRefusal } from "./read-refusal.ts";
import { retryDelayMs } from "./retry.ts";
import { type ClientRuntime, orAborted } from "./runtime.ts";

export interface WireRequest {
  readonly method: HttpMethod;
  /** Below the base, with its query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: string | URLSearchParams | FormData | undefined;
  readonly signal?: AbortSignal | undefined;
  /** For the whole answer, or for its head where it is a stream; undefined: as long as it takes. */
  readonly timeoutMs?: number | undefined;
  /** Whether it may be sent again after something that may have been done: asked only when that is needed. */
  readonly isRepeatable: () => Promise<boolean>;
}

/** An answer that is being read. */
export interface Answer {
  readonly response: Response;
  readonly attempt: Attempt;
  readonly hide: HideSecrets;
}

type Read<Result> = (answer: Answer) => Promise<Result>;

interface Try<Result> {
  readonly attempt: Attempt;
  readonly read: Read<Result>;
}

export interface TransportOptions {
  readonly server: SentRequest["server"];
  readonly base: BaseUrl;
  readonly credential: Credential;
  readonly runtime: ClientRuntime;
  /** Tries after the first one. */
  readonly retries: number;
}

export interface Transport {
  /** Sends it, and reads what comes back: `read` is part of the try. Throws what {@link Attempt.explain} says. */
  exchange<Result>(request: WireRequest, read: Read<Result>): Promise<Result>;
  /** The same, but what was opened stays open: whoever asked closes the attempt. */
  open(request: WireRequest): Promise<Answer>;
  readonly runtime: ClientRuntime;
}

/** For what the server refused it: it has ended, was revoked, or its key is known no more. A new one may be taken. */
function isTokenRefused(error: unknown): boolean {
  return error instanceof AgentOSRefusal && error.status === 401;
}

export function createTransport(options: TransportOptions): Transport {
  const { base, credential, runtime, retries } = options;

  async function sendWith<Result>(
    inUse: CredentialInUse,
    request: WireRequest,
    { attempt, read }: Try<Result>,
  ): Promise<Result> {
    const response = await onWire(
      runtime.fetch(`${base.prefix}${request.path}`, {
        method: request.method,
        headers: { accept: "application/json", ...request.headers, ...inUse.headers },
        body: request.body ?? null,
        // A redirect would take the credential elsewhere, or turn a POST into a GET.
        redirect: "manual",
        signal: attempt.signal,
        ...browserSettings(credential),
      }),
    );
    refuseRedirect(response);
    credential.learn?.(response);
    const hide = createHide(inUse);
    if (response.ok) return read({ response, attempt, hide });
    throw await readRefusal(response, hide);
  }

  /** Twice where the token is refused and there is another one: a request that was not let in has done nothing. */
  async function sendOnce<Result>(request: WireRequest, read: Read<Result>): Promise<Result> {
    const attempt = beginAttempt(base.origin, request.signal);
    const sendAs = async (inUse: CredentialInUse) => {
      attempt.allow(request.timeoutMs);
      return sendWith(inUse, request, { attempt, read });
    };
    try {
      attempt.allow(request.timeoutMs);
      const inUse = await attempt.orEnd(credential.take(attempt.signal));
      try {
        return await sendAs(inUse);
      } catch (error) {
        const isRenewed = isTokenRefused(error) && credential.renew?.(inUse, attempt.signal);
        if (!(await attempt.orEnd(Promise.resolve(isRenewed)))) throw error;
        return await sendAs(await attempt.orEnd(credential.take(attempt.signal)));
      }
    } catch (error) {
      const explained = attempt.explain(error);
      attempt.close();
      throw nameRequest(explained, options, request);
    }
  }

  async function send<Result>(request: WireRequest, read: Read<Result>): Promise<Result> {
    requireTime("timeoutMs", request.timeoutMs);
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await sendOnce(request, read);
      } catch (error) {
        const delayMs = attempt < retries ? retryDelayMs(error, attempt, runtime) : undefined;
        if (delayMs === undefined || !(await orAborted(request.isRepeatable(), request.signal))) throw error;
        await runtime.wait(delayMs, request.signal);
      }
    }
  }

  return {
    runtime,
    exchange: (request, read) =>
      send(request, async (answer) => {
        const result = await read(answer);
        answer.attempt.close();
        return result;
      }),
    open: (request) =>
      send(request, (answer) => {
        answer.attempt.allow(undefined);
        return Promise.resolve(answer);
      }),
  };
}

/** An error that has a request already is that of another server, which was asked for a token. */
function nameRequest(
  error: unknown,
  { server, base }: Pick<TransportOptions, "server" | "base">,
  { method, path }: WireRequest,
): unknown {
  if (isClientError(error))
    error.request ??= { server, baseUrl: base.prefix, method, path: path.split("?", 1)[0] ?? path };
  return error;
}

/** What only a browser has, and other runtimes may refuse to be told: cookies, a cache, and the address of a page. */
function browserSettings({ cookies }: Credential): RequestInit {
  if (!("location" in globalThis)) return {};
  return { credentials: cookies, cache: "no-store", referrerPolicy: "no-referrer" };
}

/** A browser hides where it leads; a server's fetch shows it. */
function refuseRedirect(response: Response): void {
  if (response.type !== "opaqueredirect" && (response.status < 300 || response.status > 399)) return;
  void response.body?.cancel().catch(() => undefined);
  throw new ConnectionFault(
    "redirected",
    "the server sends us elsewhere, and a credential is never sent after a redirect: give the address that it leads to",
  );
}
