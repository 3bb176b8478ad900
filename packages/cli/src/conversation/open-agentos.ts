/** The AgentOS that is talked to, and as whom: as the options say, else the `agentos dev` of this folder. */

import { randomUUID } from "node:crypto";
import { createAccessClaims, signToken } from "@agentos/auth/mint";
import { type AgentOSClient, createAgentOSClient } from "@agentos/client";
import { DEFAULT_PORT } from "@agentos/contract";
import { DEMO_ID, DEV_ISSUER, readDevKey } from "../dev/dev-key.ts";
import { findRunningDev } from "../dev/running-dev.ts";
import { AUTHORIZATION_HEADER, stripLocation } from "../doctor/credential-location.ts";
import { assertConfidential, readAddress } from "../doctor/read-address.ts";
import { readReference } from "../input/read-reference.ts";
import type { Context } from "../program/context.ts";
import { CliFailure } from "../program/failure.ts";

/** As they were typed. */
export interface ServerOptions {
  readonly url?: string;
  readonly token?: string;
  readonly insecureHttp?: true;
}

/** May do what a person of the role Member may, so that what is refused to one can be seen. */
const DEV_SCOPES = [
  "config:read",
  "agents:read",
  "agents:run",
  "sessions:read",
  "sessions:write",
  "sessions:delete",
  "memories:read",
  "memories:write",
  "memories:delete",
];
const DEV_SUBJECT = "demo-member";
const DEV_TTL_SECONDS = 300;

/** Names the token that commands take where "--token" is not given. */
export const TOKEN_VARIABLE = "AGENTOS_TOKEN";
const DEFAULT_URL = `http://localhost:${DEFAULT_PORT}`;

/** Throws {@link CliFailure}. Nothing is sent yet. */
export async function openAgentOS(options: ServerOptions, context: Context): Promise<AgentOSClient> {
  const dev = await findRunningDev(context.workingDirectory);
  const { base } = readAddress(options.url ?? dev?.url ?? DEFAULT_URL);
  const token = await readToken(options, context);
  if (token !== undefined) {
    assertConfidential(base, { isInsecureHttp: options.insecureHttp === true });
    return createAgentOSClient({ baseUrl: base, token });
  }
  // The key of this folder opens nothing but its own demo.
  return dev?.url === base
    ? createAgentOSClient({ baseUrl: base, getToken: () => mintOwn(context) })
    : createAgentOSClient({ baseUrl: base });
}

async function readToken({ token }: ServerOptions, context: Context): Promise<string | undefined> {
  const given = token ?? ((context.env[TOKEN_VARIABLE] ?? "") === "" ? undefined : `env:${TOKEN_VARIABLE}`);
  if (given === undefined) return undefined;
  const { text } = await readReference(given, context, { what: "token", bare: "token" });
  const read = stripLocation(text, AUTHORIZATION_HEADER);
  if (/^[\x21-\x7e]{1,16384}$/.test(read)) return read;
  throw new CliFailure(
    "the token cannot be sent: it is empty, too long, or has other characters than a token has",
    {
      fix: "give the token alone, as it was issued; `agentos token inspect` shows what is in it",
    },
  );
}

async function mintOwn(context: Context): Promise<string> {
  const key = await readDevKey(context.workingDirectory, context.cli);
  const claims = createAccessClaims({
    subject: DEV_SUBJECT,
    issuer: DEV_ISSUER,
    audience: DEMO_ID,
    scopes: DEV_SCOPES,
    ttlSeconds: DEV_TTL_SECONDS,
    now: context.now(),
    tokenId: randomUUID(),
  });
  return signToken(key, claims);
}
