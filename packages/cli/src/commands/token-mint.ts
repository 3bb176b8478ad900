/** `agentos token mint`: signs an access token. The token alone goes to standard output, so that `$(…)` catches it. */
import { randomUUID } from "node:crypto";
import { isReservedPrincipal, MAX_TOKEN_LIFETIME_SECONDS } from "@agentos/auth";
import { createAccessClaims, signToken } from "@agentos/auth/mint";
import type { Command } from "commander";
import { DEMO_ID, DEV_ISSUER } from "../dev/dev-key.ts";
import { collect } from "../input/collect.ts";
import type { Context } from "../program/context.ts";
import { ExitCode } from "../program/exit-codes.ts";
import { CliFailure } from "../program/failure.ts";
import { showUntrusted } from "../program/terminal.ts";
import { parseDuration } from "../text/duration.ts";
import { formatJson } from "../text/format-json.ts";
import { describeUnknownScope, splitScopes } from "../text/scope-names.ts";
import { readSigningKey, type SigningInput } from "../token/signing-input.ts";

interface Options extends SigningInput {
  readonly sub?: string;
  readonly aud?: readonly string[];
  readonly iss?: string;
  readonly scopes?: string;
  readonly ttl: string;
  readonly claim?: readonly string[];
  /** False for `--no-kid`. */
  readonly kid?: string | boolean;
  readonly json?: true;
}

/** Claims that have an option of their own or are set here. */
const OWN_OPTIONS: Readonly<Record<string, string>> = {
  sub: "--sub",
  aud: "--aud",
  iss: "--iss",
  scopes: "--scopes",
  exp: "--ttl",
};
const SET_HERE = new Set(["iat", "jti"]);

export function addTokenMint(parent: Command, context: Context): void {
  parent
    .command("mint")
    .description("sign an access token and print it")
    .option(
      "--key <key>",
      "private key or secret: FILE, file:PATH, env:NAME or - (default: the key of `agentos dev` here)",
    )
    .option(
      "--algorithm <name>",
      "default: what the key says, else what fits it (RS256 for RSA); needed for a secret: HS256",
    )
    .option("--sub <id>", "user id")
    .option(
      "--aud <id>",
      "id of the AgentOS that the token is for; may be repeated (with the key of `agentos dev`: demo)",
      collect,
    )
    .option("--iss <issuer>", `issuer (with the key of \`agentos dev\`: ${DEV_ISSUER})`)
    .option("--scopes <list>", "scopes, separated by spaces or commas")
    .option("--ttl <time>", "how long it lives: 30s, 15m, 1h, 7d", "1h")
    .option(
      "--claim <name=value>",
      "one more claim; the value is read as JSON where it is JSON; may be repeated",
      collect,
    )
    .option("--kid <id>", "key id in the header (default: the key's own, or its thumbprint)")
    .option("--no-kid", "leave the key id out")
    .option("--json", "print the token with its claims as JSON")
    .action(async (options: Options) => {
      context.finish(await mint(options, context));
    });
}

async function mint(options: Options, context: Context): Promise<ExitCode> {
  const ttlSeconds = parseDuration(options.ttl);
  if (ttlSeconds === undefined) {
    throw new CliFailure('"--ttl" is not a span of time', { fix: "write for example 30s, 15m, 1h or 7d" });
  }
  const scopes = splitScopes(options.scopes ?? "");
  const extra = readClaims(options.claim ?? []);
  const { key, isDevKey } = await readSigningKey(options, context);
  const audiences = options.aud ?? (isDevKey ? [DEMO_ID] : undefined);
  if (options.aud === undefined && isDevKey) {
    context.terminal.note(
      `no "--aud": the token is for "${DEMO_ID}", the id of the AgentOS that \`${context.cli} dev\` starts`,
    );
  }
  const audience = audiences?.length === 1 ? audiences[0] : audiences;
  const claims = {
    ...createAccessClaims({
      subject: options.sub,
      audience,
      issuer: options.iss ?? (isDevKey ? DEV_ISSUER : undefined),
      scopes,
      ttlSeconds,
      now: context.now(),
      tokenId: randomUUID(),
    }),
    ...extra,
  };
  const kid = options.kid === false ? null : typeof options.kid === "string" ? options.kid : undefined;
  const token = await signToken(key, claims, kid === undefined ? {} : { kid });
  const warnings = findWarnings({ ...options, aud: audiences }, { scopes, ttlSeconds }, context.cli);
  for (const warning of warnings)
    context.terminal.note(`${context.terminal.paintNote("yellow", "warning:")} ${showUntrusted(warning)}`);
  context.terminal.print(
    options.json ? formatJson({ token, algorithm: key.algorithm, claims, warnings }) : token,
  );
  return ExitCode.ok;
}

function findWarnings(
  options: Pick<Options, "sub"> & { readonly aud: Options["aud"] | undefined },
  token: { scopes: readonly string[]; ttlSeconds: number },
  cli: string,
): readonly string[] {
  const warnings = token.scopes.flatMap((scope) => describeUnknownScope(scope, cli) ?? []);
  if (token.scopes.length === 0)
    warnings.push('the token has no scopes; give some with --scopes "agents:read agents:run"');
  if (options.aud === undefined) {
    warnings.push(
      "the token has no audience, so an AgentOS refuses it unless its audience check is switched off; give its id with --aud",
    );
  }
  if (token.ttlSeconds > MAX_TOKEN_LIFETIME_SECONDS) {
    const hours = MAX_TOKEN_LIFETIME_SECONDS / 3600;
    warnings.push(
      `the token lives longer than ${hours} hours, so an AgentOS refuses it unless "unsafe.allowLongLivedTokens" is set; use --ttl ${hours}h or less`,
    );
  }
  if (options.sub !== undefined && isReservedPrincipal(options.sub.trim())) {
    warnings.push(
      `"sub" names an identity that is reserved for the server itself, so an AgentOS refuses the token; use another --sub`,
    );
  }
  return warnings;
}

function readClaims(pairs: readonly string[]): Readonly<Record<string, unknown>> {
  const entries = pairs.map((pair) => {
    const at = pair.indexOf("=");
    const name = pair.slice(0, at);
    if (at < 1)
      throw new CliFailure('"--claim" needs the form NAME=VALUE', {
        fix: "write for example --claim team=blue",
      });
    const option = OWN_OPTIONS[name];
    if (option !== undefined)
      throw new CliFailure(`the claim "${name}" has an option of its own`, { fix: `use ${option}` });
    if (SET_HERE.has(name))
      throw new CliFailure(`the claim "${name}" is set by this command`, { fix: "leave it out" });
    return [name, readValue(pair.slice(at + 1))] as const;
  });
  return Object.fromEntries(entries);
}

function readValue(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
