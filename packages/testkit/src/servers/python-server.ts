/**
 * A small server that answers exactly like the Python AgentOS (contract 1.3-1.8): only `{"detail": …}`, no code, no
 * challenge, an /info without our fields or none at all. Its checks are written down again here, on node:crypto alone, so that
 * the doctor is not tested against the engine that it is made of.
 */
import { createHmac, createPublicKey, verify as verifySignature } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createPythonRuns, type PythonRuns, type PythonRunsOptions } from "./python-runs.ts";

export interface PythonOptions {
  readonly mode: "jwt" | "security_key";
  /** PEM; one that cannot be parsed gives what Python gives. */
  readonly publicPem?: string;
  readonly secret?: string;
  readonly algorithm?: string;
  readonly securityKey?: string;
  readonly verifiesAudience?: boolean;
  /**
   * Which one it is: before 2.3.13 it knows the security key alone, whatever keys it is given; before 2.5.13 it has no GET
   * /info; before 2.6.0 that names no version, and before 2.7.0 no mode (contract 1.12). Default 2.9.0.
   */
  readonly version?: string;
  /** True: with everything in it, as nothing before 2.7.0 has it. Default: as its version. */
  readonly hasInfo?: boolean;
  /** The service account lookup: what becomes of every such token. */
  readonly serviceAccounts?: "disabled" | "refused" | "throttled" | "down";
  /** A service account token that is known, whatever becomes of the others. */
  readonly knownServiceToken?: string;
  /** Default: a free one. */
  readonly port?: number;
  /** Where it is mounted. */
  readonly prefix?: string;
  /** Seconds that its clock is ahead. */
  readonly clockAhead?: number;
  /** A proxy in front removes the credential, wherever it is. */
  readonly losesHeader?: boolean;
  /** Where the token is read; "header" unless told. */
  readonly tokenSource?: "header" | "cookie" | "both";
  /** "Authorization" unless told; its refusals say "Authorization" all the same. */
  readonly tokenHeader?: string;
  /** "access_token" unless told. */
  readonly cookieName?: string;
  /** Pages of this origin may read it (CORS). Default: none may. */
  readonly allowedOrigin?: string;
  /** Those pages see its clock, too. Default false, as it is there. */
  readonly exposesDate?: boolean;
  /** It answers runs and sessions too. Default: it has none. */
  readonly runs?: PythonRunsOptions;
}

const ROUTES: Readonly<Record<string, readonly string[]>> = {
  "/config": ["config:read"],
  "/agents": ["agents:read"],
};

type Refusal = readonly [status: number, detail: string];

export interface PythonServer {
  readonly url: string;
  /** `METHOD /path` of every request. */
  readonly seen: readonly string[];
  close(): Promise<void>;
}

/** Starts it. */
export async function startPythonServer(options: PythonOptions): Promise<PythonServer> {
  const seen: string[] = [];
  const runs = options.runs && createPythonRuns(options.runs);
  const server = createServer((request, response) => {
    if (options.allowedOrigin !== undefined) allowOrigin(response, options.allowedOrigin);
    if (options.exposesDate === true) response.setHeader("access-control-expose-headers", "Date");
    // A preflight is answered before anything is judged, as Starlette's middleware does.
    if (options.allowedOrigin !== undefined && request.method === "OPTIONS")
      return void response.writeHead(200).end();
    seen.push(`${request.method} ${request.url}`);
    return answer(request, response, { ...options, pythonRuns: runs });
  });
  await new Promise<void>((resolve) => {
    server.listen(options.port ?? 0, "127.0.0.1", resolve);
  });
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen, close };
}

function allowOrigin(response: ServerResponse, origin: string): void {
  response.setHeader("access-control-allow-origin", origin);
  response.setHeader("access-control-allow-methods", "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT");
  response.setHeader(
    "access-control-allow-headers",
    "accept, authorization, content-type, idempotency-key, last-event-id",
  );
  response.setHeader("vary", "Origin");
}

type Settings = PythonOptions & { readonly pythonRuns: PythonRuns | undefined };

function answer(request: IncomingMessage, response: ServerResponse, options: Settings): void {
  const { prefix = "", clockAhead = 0 } = options;
  const send = (status: number, body: unknown): void => {
    response.writeHead(status, {
      "content-type": "application/json",
      date: new Date(Date.now() + clockAhead * 1_000).toUTCString(),
    });
    response.end(JSON.stringify(body));
  };
  const path = (request.url ?? "").split("?")[0] ?? "";
  if (!path.startsWith(prefix)) return send(404, { message: "no such page" });
  const route = path.slice(prefix.length);
  if (route === "/health") return send(200, { status: "ok", instantiated_at: "2026-01-01T00:00:00Z" });
  const hasAll = options.hasInfo === true;
  if (route === "/info" && (options.hasInfo ?? isFrom("2.5.13", options))) {
    return send(200, {
      os_id: "agent-os",
      name: null,
      ...(hasAll || isFrom("2.6.0", options) ? { agno_version: options.version ?? "2.9.0" } : {}),
      agent_count: 1,
      team_count: 0,
      workflow_count: 0,
      mcp: { enabled: false },
      ...(hasAll || isFrom("2.7.0", options) ? { auth_mode: options.mode } : {}),
    });
  }
  const refusal = judge(request, route, options);
  if (refusal !== undefined) return send(refusal[0], { detail: refusal[1] });
  if (options.pythonRuns !== undefined)
    return void options.pythonRuns.answer(request, response, route).catch(() => response.destroy());
  return route in ROUTES ? send(200, {}) : send(404, { detail: "Not Found" });
}

/** Whether its version is this one, or a later one. */
function isFrom(first: string, { version = "2.9.0" }: Pick<PythonOptions, "version">): boolean {
  const numbersOf = (text: string) => text.split(".").map(Number);
  const own = numbersOf(version);
  const difference = numbersOf(first)
    .map((number, index) => (own[index] ?? 0) - number)
    .find((each) => each !== 0);
  return (difference ?? 0) >= 0;
}

function judge(request: IncomingMessage, route: string, given: Settings): Refusal | undefined {
  const hasTokens = isFrom("2.3.13", given);
  if (!hasTokens && given.mode === "jwt" && given.securityKey === undefined) return undefined;
  const options: Settings = hasTokens ? given : { ...given, mode: "security_key", tokenSource: "header" };
  const token = options.losesHeader === true ? "" : readToken(request, options);
  if (token === "") return [401, describeMissing(options)];
  if (token.startsWith("agno_pat_"))
    return token === options.knownServiceToken ? undefined : judgeServiceAccount(options);
  if (options.mode === "security_key")
    return token === options.securityKey ? undefined : [401, "Invalid authentication token"];
  const verified = verify(token, options);
  if (Array.isArray(verified)) return [verified[0], verified[1]];
  const { scopes } = verified as { scopes?: unknown };
  const held: readonly unknown[] =
    typeof scopes === "string" ? [scopes] : Array.isArray(scopes) ? scopes : [];
  const required = ROUTES[route] ?? options.pythonRuns?.scopesOf(request.method, route) ?? [];
  return required.every((scope) => held.includes(scope) || held.includes("agent_os:admin"))
    ? undefined
    : [
        403,
        isFrom("2.3.14", options)
          ? `Insufficient permissions. Required scope(s): ${required.join(", ")}`
          : "Insufficient permissions",
      ];
}

/** Contract 1.5: the header wins; a cookie counts only where the header gives nothing. */
function readToken(request: IncomingMessage, options: PythonOptions): string {
  const { tokenSource = "header", tokenHeader = "Authorization", cookieName = "access_token" } = options;
  const header = String(request.headers[tokenHeader.toLowerCase()] ?? "");
  const cookie = (request.headers.cookie ?? "")
    .split(";")
    .map((pair) => pair.trim())
    .find((pair) => pair.startsWith(`${cookieName}=`));
  const fromHeader = tokenSource === "cookie" ? "" : header.replace(/^bearer\b/i, "").trim();
  if (fromHeader !== "" || tokenSource === "header") return fromHeader;
  return cookie?.slice(cookieName.length + 1).trim() ?? "";
}

function describeMissing({ mode, tokenSource, cookieName = "access_token" }: PythonOptions): string {
  if (mode === "security_key") return "Authorization header required";
  if (tokenSource === "cookie") return `JWT cookie '${cookieName}' missing`;
  return tokenSource === "both"
    ? `JWT token missing from both Authorization header and '${cookieName}' cookie`
    : "Authorization header missing";
}

function judgeServiceAccount({ serviceAccounts = "disabled" }: PythonOptions): Refusal {
  const answers: Readonly<Record<string, Refusal>> = {
    disabled: [401, "Service accounts are not enabled on this AgentOS instance"],
    refused: [401, "Invalid or expired service account token"],
    throttled: [429, "Too many failed authentication attempts"],
    down: [503, "Authentication is temporarily unavailable"],
  };
  return answers[serviceAccounts] ?? [401, ""];
}

const invalid = (reason: string): [number, string] => [401, `Invalid token: ${reason}`];

/** PyJWT's order and wording, as far as clients see it. */
function verify(token: string, options: PythonOptions): object | [number, string] {
  const { algorithm = "RS256", publicPem, secret } = options;
  const segments = token.split(".");
  if (segments.length < 3) return invalid("Not enough segments");
  let header: { alg?: unknown };
  try {
    header = JSON.parse(Buffer.from(segments[0] ?? "", "base64url").toString()) as { alg?: unknown };
    if (!/^[\w-]+$/.test(segments[0] ?? "")) throw new Error("padding");
  } catch {
    return invalid("Invalid header padding");
  }
  if (header.alg !== algorithm) return invalid("The specified alg value is not allowed");
  const data = Buffer.from(segments.slice(0, 2).join("."));
  const signature = Buffer.from(segments[2] ?? "", "base64url");
  let isGenuine: boolean;
  if (secret !== undefined) {
    isGenuine = createHmac("sha256", secret).update(data).digest().equals(signature);
  } else if (publicPem?.includes("PRIVATE KEY") === true) {
    return [401, "Error decoding token: '_RSAPrivateKey' object has no attribute 'verify'"];
  } else {
    try {
      isGenuine = verifySignature("sha256", data, createPublicKey(publicPem ?? ""), signature);
    } catch {
      return [401, "Error decoding token: Could not parse the provided public key."];
    }
  }
  if (!isGenuine) return invalid("Signature verification failed");
  const payload = JSON.parse(Buffer.from(segments[1] ?? "", "base64url").toString()) as Record<
    string,
    unknown
  >;
  return judgeClaims(payload, options) ?? payload;
}

function judgeClaims(payload: Record<string, unknown>, options: PythonOptions): [number, string] | undefined {
  const now = Date.now() / 1_000 + (options.clockAhead ?? 0);
  const { exp, nbf, iat, sub, aud } = payload;
  if (iat !== undefined && typeof iat !== "number")
    return invalid("Issued At claim (iat) must be an integer.");
  if (typeof iat === "number" && iat > now + 10) return invalid("The token is not yet valid (iat)");
  if (typeof nbf === "number" && nbf > now + 10) return invalid("The token is not yet valid (nbf)");
  if (exp !== undefined && typeof exp !== "number")
    return invalid("Expiration Time claim (exp) must be an integer.");
  if (typeof exp === "number" && exp < now - 10) return [401, "Token has expired"];
  if (options.verifiesAudience === true) {
    if (aud === undefined)
      return invalid(
        'Token is missing the "aud" claim. Audience verification requires this claim to be present in the token.',
      );
    if (![aud].flat().includes("agent-os"))
      return [
        401,
        isFrom("2.3.14", options)
          ? "Invalid token audience - token not valid for this AgentOS instance"
          : "Invalid audience - token not valid for this AgentOS instance",
      ];
  }
  if (sub !== undefined && typeof sub !== "string") return invalid("Subject must be a string");
  return /^(sa:|__oauth__:|__scheduler__$)/.test(String(sub)) ? [401, "Invalid token subject"] : undefined;
}
