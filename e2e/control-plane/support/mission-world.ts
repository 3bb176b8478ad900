/** One instance of the control plane, and a server at its endpoint that is stopped and started anew as somebody mends it. */
import { diagnosisSchema, mintedTokenSchema, signingKeyListSchema } from "@agentos/contract/control-plane";
import { Agent, AgentOS, type AgentOSOptions } from "@agentos/server";
import {
  createTestKey,
  goodToken,
  type PythonOptions,
  signToken,
  startPythonServer,
  type TestKey,
  withClaims,
  withHeader,
} from "@agentos/testkit";
import { z } from "zod";
import { findPort } from "../../support/find-port.ts";
import { type Answer, closeConnections, send } from "../../support/http.ts";
import type { Plane, PlaneCall } from "./plane.ts";
import { type Organization, type Person, unique } from "./world.ts";

export const SECURITY_KEY = "k9-tRw3z_Qp7vXe2mYb8sLd4";

/** What is at the endpoint. */
export type ServerSpec =
  | { readonly ours: Pick<AgentOSOptions, "authorization" | "authorizationConfig" | "env"> }
  | { readonly python: Omit<PythonOptions, "port"> };

/** What a request carries. */
export type Sends =
  | { readonly kind: "minted"; readonly scopes?: readonly string[]; readonly by?: "member" | "owner" }
  | { readonly kind: "security-key" }
  | { readonly kind: "token"; readonly token: string };

export interface Request {
  readonly path: string;
  readonly sends: Sends;
}

/** The keys of somebody who issues tokens without a control plane. */
export interface Standalone {
  readonly pair: TestKey;
  readonly secret: TestKey;
  sign(algorithm: "RS256" | "HS256", scopes?: readonly string[]): Promise<string>;
}

export async function createStandalone(): Promise<Standalone> {
  const pair = await createTestKey("RS256");
  const secret = await createTestKey("HS256");
  return {
    pair,
    secret,
    sign(algorithm, scopes = ["config:read", "agents:read"]) {
      const parts = withClaims(goodToken({ key: pair, now: Math.floor(Date.now() / 1_000) }), {
        scopes,
        aud: "agent-os",
      });
      return signToken(
        algorithm === "RS256"
          ? parts
          : { ...withHeader(parts, { alg: "HS256", kid: undefined }), key: secret },
      );
    },
  };
}

export interface Switches {
  readonly authorization: boolean;
  readonly security_key: boolean;
}

/** What was answered, and what was sent for it. */
export interface Asked extends Answer {
  readonly token: string;
  readonly jti: string | undefined;
}

type Causes = z.output<typeof diagnosisSchema>["causes"];

export interface Subject {
  readonly instanceId: string;
  /** Public half of the key that signs for the instance. */
  readonly pem: string;
  setSwitches(switches: Switches): Promise<void>;
  stateVersion(version: string): Promise<void>;
  /** Puts another server there, and lets the browsers of these people look at it. Default: of the Member and the Owner. */
  put(spec: ServerSpec, observers?: readonly Person[]): Promise<void>;
  /** Sends the request to the server. */
  ask(request: Request): Promise<Asked>;
  /** Sends it, and asks the control plane why it was refused. */
  diagnose(request: Request): Promise<Causes>;
  /** The same of an answer that is there already. */
  explain(by: Person, request: Request, asked: Asked): Promise<Causes>;
  /** Nothing answers at the endpoint any more. */
  stop(): Promise<void>;
  close(): Promise<void>;
}

function readJson(text: string): unknown {
  const body: unknown = JSON.parse(text);
  return body;
}

/** Connects one, with authorization on. */
export async function connectSubject(plane: Plane, { id, owner, member }: Organization): Promise<Subject> {
  // The endpoint is the same before and after the fix: another one would be another trust, with other keys.
  const port = await findPort();
  const instances = `/api/organizations/${id}/instances`;
  const call = async (person: Person, request: Omit<PlaneCall, "cookie">): Promise<unknown> => {
    const { status, text } = await plane.send({ ...request, cookie: person.cookie });
    if (status >= 300) throw new Error(`${request.method} ${request.path} gave ${status}: ${text}`);
    return readJson(text);
  };
  const endpoint = `http://localhost:${port}`;
  const draft = await call(owner, {
    method: "POST",
    path: instances,
    body: { name: unique("mission"), endpoint },
  });
  const instanceId = z.object({ id: z.string() }).parse(draft).id;
  const path = `${instances}/${instanceId}`;
  await call(owner, { method: "POST", path: `${path}/connect` });
  await call(owner, { method: "PATCH", path, body: { os_id: "agent-os" } });
  const setSwitches = async (body: Switches): Promise<void> => {
    await call(owner, { method: "PATCH", path: `${path}/switches`, body });
  };
  await setSwitches({ authorization: true, security_key: false });
  const keys = signingKeyListSchema.parse(await call(owner, { method: "GET", path: `${path}/keys` }));
  let running: { close(): Promise<void> } | undefined;

  async function stop(): Promise<void> {
    closeConnections();
    await running?.close();
    running = undefined;
  }

  async function observe(observers: readonly Person[]): Promise<void> {
    const routes = ["/health", "/info", "/config"] as const;
    const answers = await Promise.all(
      routes.map(async (route) => {
        const { status, text } = await send(port, { path: route });
        return { route: `GET ${route}`, status, body: readJson(text), credential: "none" };
      }),
    );
    const body = { endpoint, outcome: "answered", answers };
    for (const person of observers)
      await call(person, { method: "POST", path: `${path}/observations`, body });
  }

  async function ask({ path: route, sends }: Request): Promise<Asked> {
    const minted =
      sends.kind === "minted"
        ? mintedTokenSchema.parse(
            await call(sends.by === "owner" ? owner : member, {
              method: "POST",
              path: `${path}/tokens`,
              body: sends.scopes === undefined ? {} : { scopes: sends.scopes },
            }),
          )
        : undefined;
    const text = minted?.token ?? (sends.kind === "token" ? sends.token : SECURITY_KEY);
    const answer = await send(port, { path: route, headers: { authorization: `Bearer ${text}` } });
    return { ...answer, token: text, jti: minted?.jti };
  }

  async function explain(by: Person, { path: route, sends }: Request, asked: Asked): Promise<Causes> {
    const { status, text, headers, jti } = asked;
    const credential =
      sends.kind === "minted"
        ? { kind: "minted", jti }
        : sends.kind === "token"
          ? sends
          : { kind: "security-key" };
    const body = {
      request: { method: "GET", path: route },
      answer: { status, body: readJson(text), date: headers.date },
      credential,
    };
    return diagnosisSchema.parse(await call(by, { method: "POST", path: `${path}/diagnoses`, body })).causes;
  }

  return {
    instanceId,
    pem: keys.data[0]?.public_pem ?? "",
    setSwitches,
    async stateVersion(version) {
      await call(owner, { method: "PATCH", path, body: { stated_version: version } });
    },
    async put(spec, observers = [member, owner]) {
      await stop();
      running = await startAt(port, spec);
      await observe(observers);
    },
    ask,
    async diagnose(request) {
      const { sends } = request;
      const by = sends.kind === "minted" && sends.by === "owner" ? owner : member;
      return explain(by, request, await ask(request));
    },
    explain,
    stop,
    close: stop,
  };
}

/** Starts an AgentOS as `ours` says; it throws what stops the start. */
async function startAt(port: number, spec: ServerSpec): Promise<{ close(): Promise<void> }> {
  if ("python" in spec) return startPythonServer({ ...spec.python, port });
  const silent = { error: () => undefined, warn: () => undefined, info: () => undefined };
  const os = new AgentOS({
    database: null,
    id: "agent-os",
    agents: [new Agent({ id: "shop", model: "offline:echo" })],
    env: {},
    logger: silent,
    ...spec.ours,
  });
  return os.serve({ host: "localhost", port, printsPolicy: false });
}
