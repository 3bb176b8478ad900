/** `agentos token inspect`: what a token says and what an AgentOS would object to. It never leaves this machine. */
import {
  checkToken,
  findStrangeCredential,
  type KnownPolicy,
  type Refusal,
  type VerificationKey,
} from "@agentos/auth";
import { REFUSALS, renderText } from "@agentos/contract";
import type { Command } from "commander";
import { collect } from "../input/collect.ts";
import { readReference } from "../input/read-reference.ts";
import { describeFault, parseKeyText } from "../keys/describe-key.ts";
import type { Context } from "../program/context.ts";
import { ExitCode } from "../program/exit-codes.ts";
import { CliFailure } from "../program/failure.ts";
import { formatJson } from "../text/format-json.ts";
import { decodeToken } from "../token/decode-token.ts";
import { printInspection, toJson } from "../token/print-inspection.ts";

interface Options {
  readonly key?: string;
  readonly jwksFile?: string;
  readonly algorithm?: string;
  readonly audience?: readonly string[];
  readonly issuer?: string;
  readonly json?: true;
}

export function addTokenInspect(parent: Command, context: Context): void {
  parent
    .command("inspect")
    .description("decode a token here, and say what a server would object to (then 2)")
    .argument("<token>", "the token, or file:PATH, env:NAME or - for standard input")
    .option("--key <key>", "verify with this public key or secret: FILE, file:PATH, env:NAME or -")
    .option("--jwks-file <path>", "verify with the keys of this file")
    .option(
      "--algorithm <name>",
      "the algorithm that the server is configured with; needed with a shared secret",
    )
    .option("--audience <id>", "check the audience: the id of the AgentOS; may be repeated", collect)
    .option("--issuer <issuer>", "check the issuer")
    .option("--json", "print JSON")
    .action(async (reference: string, options: Options) => {
      context.finish(await inspect(reference, options, context));
    });
}

async function inspect(reference: string, options: Options, context: Context): Promise<ExitCode> {
  const { text } = await readReference(reference, context, { what: "token", bare: "token" });
  const keys = await readKeys(options, context);
  const policy: KnownPolicy = { tokens: [{ audience: options.audience, issuer: options.issuer }] };
  const decoded = decodeToken(text);
  const now = context.now();
  const findings = await checkToken(decoded.token, { policy, keys, now });
  const strange = findStrangeCredential(decoded.token);
  const objections = (strange === undefined ? findings.objections : [strange]).map((refusal) =>
    explainRefusal(refusal, context),
  );
  const inspection = { decoded, findings, objections, now, checksAudience: options.audience !== undefined };
  if (options.json) context.terminal.print(formatJson(toJson(inspection, context)));
  else printInspection(inspection, context);
  return objections.length > 0 ? ExitCode.denied : ExitCode.ok;
}

/** The catalogue's words. Whoever runs this holds the token, so every fact of it may be shown. */
function explainRefusal({ code, facts }: Pick<Refusal, "code" | "facts">, context: Context) {
  const entry = REFUSALS[code];
  const known = { ...facts, cli: context.cli };
  return {
    code,
    stage: entry.stage,
    status: entry.status,
    title: renderText(entry.title, known),
    fix: renderText(LOCAL_FIXES[code] ?? entry.fix, known),
  };
}

/** Where the catalogue would send its reader to this very command. */
const LOCAL_FIXES: Readonly<Partial<Record<Refusal["code"], string>>> = {
  AUTH_SIGNATURE_INVALID:
    "compare the keys: `{cli} keys show` says the thumbprint of the one that you gave; sign with the private key (or secret) that belongs to it, or give the one that the issuer signs with",
};

async function readKeys(options: Options, context: Context): Promise<readonly VerificationKey[]> {
  const references = [options.key, options.jwksFile === undefined ? undefined : `file:${options.jwksFile}`];
  const keys: VerificationKey[] = [];
  for (const reference of references) {
    if (reference === undefined) continue;
    const { text, source } = await readReference(reference, context, { what: "key", bare: "either" });
    const result = await parseKeyText(text, { source, algorithm: options.algorithm });
    const fault = result.faults.find(({ severity }) => severity === "error");
    if (fault !== undefined) {
      const { message, fix } = describeFault(fault, context);
      throw new CliFailure(`${source}: ${message} [${fault.code}]`, {
        fix,
        exitCode: ExitCode.invalidConfiguration,
      });
    }
    keys.push(...result.keys);
  }
  return keys;
}
