/** Examines a configuration: it is started in this process without listening, and asked like a running server. */
import { type KnownServer, listAlgorithms } from "@agentos/auth";
import { type CredentialLocation, formatLocations, type Logger, type PolicyInForce } from "@agentos/guard";
import { AgentOS } from "@agentos/server";
import { loadConfig } from "../config/load-config.ts";
import type { Context } from "../program/context.ts";
import { CliFailure, faultsOf } from "../program/failure.ts";
import { matchRoute } from "../scopes/route-table.ts";
import { type Ask, readBounded, toAnswer } from "./ask.ts";
import { compareToken } from "./compare-token.ts";
import { AUTHORIZATION_HEADER, credentialHeaders, isSendable } from "./credential-location.ts";
import { fromFault, makeFinding, mergeFindings } from "./findings.ts";
import { probeRoutes } from "./probe-routes.ts";
import {
  type Check,
  type CheckedWithKeys,
  type DoctorRequest,
  type Examined,
  type Finding,
  UNASKED,
} from "./report.ts";

export interface ExamineConfigOptions {
  readonly requests: readonly DoctorRequest[];
  readonly token: string | undefined;
  readonly checked: CheckedWithKeys | undefined;
}

const SILENT: Logger = { error: () => undefined, warn: () => undefined, info: () => undefined };
const MAX_ANSWER_BYTES = 256 * 1024;

/** The environment of this process, as a server without a configuration would read it. */
export function examineEnvironment(options: ExamineConfigOptions, context: Context): Promise<Examined> {
  return examine({ kind: "environment", name: "this environment" }, options, context, async () => {
    const os = new AgentOS({ env: context.env, cliCommand: context.cli, logger: SILENT });
    await os.ready({ isExamined: true });
    return os;
  });
}

/** A configuration file, with the environment that it is read in. */
export async function examineConfig(
  file: string,
  options: ExamineConfigOptions,
  context: Context,
): Promise<Examined> {
  const examined = await examine({ kind: "config", name: file }, options, context, () =>
    loadConfig(file, context, { logger: SILENT, isExamined: true }),
  );
  return file.endsWith(".json") ? nameAsInFile(examined) : examined;
}

/** The server names its options as they are in code; in a JSON file this one has another name. */
function nameAsInFile(examined: Examined): Examined {
  const rename = (text: string) => text.replaceAll(/\bauthorizationConfig\b/g, "authorization");
  return {
    ...examined,
    findings: examined.findings.map((finding) => ({
      ...finding,
      sentence: rename(finding.sentence),
      fix: rename(finding.fix),
      evidence: finding.evidence.map(({ fact, source }) => ({ fact: rename(fact), source })),
      seenAt: finding.seenAt.map(rename),
    })),
  };
}

async function examine(
  place: Pick<Examined, "kind" | "name">,
  options: ExamineConfigOptions,
  context: Context,
  start: () => Promise<AgentOS>,
): Promise<Examined> {
  const source = place.kind === "config" ? "the configuration" : "the environment";
  let os: AgentOS;
  try {
    os = await start();
  } catch (error) {
    const findings = explainStart(error, source, context);
    const count = findings.filter(({ level }) => level === "error").length;
    const text = count === 1 ? "1 fault stops the start" : `${count} faults stop the start`;
    const checks: readonly Check[] = [{ name: "start", outcome: "failed", text }];
    return {
      ...place,
      summary: "cannot start",
      server: undefined,
      traits: {},
      ...UNASKED,
      checks,
      findings,
    };
  }
  try {
    const policy = await os.describe();
    const server: KnownServer = { source, policy, keys: policy.keys };
    const { mode } = policy;
    // Where it reads the token is known, so that is where the token goes; of two places, where it looks first.
    const [location = AUTHORIZATION_HEADER] = policy.credentialLocations;
    const ask = askInProcess(os, location, context);
    const requests = options.requests.map((request) => matchInForce(request, policy));
    const probed = await probeRoutes({
      ask,
      location,
      server,
      context,
      ...options,
      requests,
      routes: policy.routes,
    });
    const said = joinBothCredentials(
      probed.findings,
      policy.findings.map((fault) => fromFault(fault, source, context)),
    );
    return {
      ...place,
      summary: summarize(policy),
      server,
      routes: policy.routes,
      traits: toTraits(policy),
      checks: [...describeKeys(policy), ...describeExpected(policy), ...probed.checks],
      isTokenChecked: probed.isTokenChecked,
      // Where no credential is configured, everything is let in and nothing is said of a token.
      isAccepted: probed.isAccepted && (options.token === undefined || probed.isTokenChecked),
      openQuestion:
        mode === "none" && options.token !== undefined
          ? "no credential is configured here, so the token was not looked at"
          : probed.openQuestion,
      tokenRows: mode === "jwt" ? compareToken(options.token, server, context.now()) : [],
      opensNothing: probed.opensNothing,
      answers: probed.answers,
      findings: mergeFindings([
        // Its words are our own here.
        ...said.map(({ serverSaid: _, ...finding }) => finding),
        ...findRepairs(policy, source, context),
      ]),
    };
  } finally {
    await os.close();
  }
}

/** A request with the security key, and what the configuration says of it: one finding, with what is set where. */
function joinBothCredentials(probed: readonly Finding[], warnings: readonly Finding[]): readonly Finding[] {
  const both = warnings.find(({ code }) => code === "CONFIG_BOTH_CREDENTIALS");
  if (both === undefined || !probed.some(isBothRefused)) return [...probed, ...warnings];
  const evidence = [
    { fact: both.sentence, source: both.evidence[0]?.source ?? "the configuration" },
  ] as const;
  return [
    ...probed.map((finding) =>
      isBothRefused(finding)
        ? { ...finding, evidence: [...evidence, ...finding.evidence], command: both.command }
        : finding,
    ),
    ...warnings.filter((finding) => finding !== both),
  ];
}

const isBothRefused = ({ code }: Finding): boolean => code === "AUTH_SECURITY_KEY_WITH_JWT";

function explainStart(
  error: unknown,
  source: "the configuration" | "the environment",
  context: Context,
): readonly Finding[] {
  const faults = faultsOf(error);
  if (faults !== undefined) return faults.map((fault) => fromFault(fault, source, context));
  if (!(error instanceof CliFailure)) throw error;
  const facts = { option: "the configuration file", problem: error.message, suggestion: error.fix };
  return [makeFinding({ code: "CONFIG_OPTION_INVALID", facts, level: "error", seenAt: source }, context.cli)];
}

/** The same request with the rules of this configuration, and with the application's own routes. */
function matchInForce({ method, path }: DoctorRequest, { adminScope, routes }: PolicyInForce): DoctorRequest {
  const matched = matchRoute(method, path, adminScope, routes);
  return { method, path, matched: "route" in matched ? matched : undefined };
}

function askInProcess(os: AgentOS, location: CredentialLocation, { now }: Context): Ask {
  return async ({ path, token }) => {
    if (token !== undefined && !isSendable(token, location)) return { kind: "not sendable" };
    const askedAt = now();
    const headers = {
      host: "localhost",
      ...(token === undefined ? {} : credentialHeaders(token, location)),
    };
    const response = await os.fetch(new Request(`http://localhost${path}`, { headers }), {
      clientAddress: "127.0.0.1",
    });
    return toAnswer(response, await readBounded(response, MAX_ANSWER_BYTES), { askedAt, milliseconds: 0 });
  };
}

function describeKeys({ mode, keys }: PolicyInForce): readonly Check[] {
  if (mode === "none")
    return [{ name: "credential", outcome: "ok", text: "none is configured: only this machine may call" }];
  return keys.map(({ source, label }) => ({ name: source, outcome: "ok" as const, text: label }));
}

const KEYS_FROM: Readonly<Record<PolicyInForce["keyOrigins"][number]["keysFrom"][number], string>> = {
  configuration: "the configuration",
  file: "a file",
  address: "an address",
  discovery: "the issuer's own document",
};

/** What the tokens of each issuer have to be like, and where their keys come from. */
function describeExpected({ mode, tokens, keyOrigins }: PolicyInForce): readonly Check[] {
  if (mode !== "jwt") return [];
  return tokens.map(({ issuer, audience, algorithms }, index) => {
    const from = keyOrigins[index]?.keysFrom.map((origin) => KEYS_FROM[origin]) ?? [];
    const text = [
      issuer === undefined ? (tokens.length === 1 ? 'any "iss"' : 'no "iss"') : `"iss" ${issuer}`,
      audience === undefined ? "any audience" : `audience ${audience.join(", ")}`,
      ...(algorithms === undefined ? [] : [`algorithm ${algorithms.join(", ")}`]),
      from.length === 0 ? "no keys" : `keys from ${from.join(" and ")}`,
    ];
    return { name: "expects", outcome: "ok", text: text.join("; ") };
  });
}

function findRepairs(
  { keys }: PolicyInForce,
  source: "the configuration" | "the environment",
  { cli }: Context,
): readonly Finding[] {
  return keys.flatMap(({ source: place, repairs, label }) => {
    if (repairs.length === 0) return [];
    const facts = { source: place, repairs: repairs.join("; ") };
    const evidence = [{ fact: `the key is ${label}`, source }];
    return [makeFinding({ code: "KEY_REPAIRED", facts, evidence, level: "warning", seenAt: place }, cli)];
  });
}

function toTraits(policy: PolicyInForce): Examined["traits"] {
  const { mode, keys, credentialLocations } = policy;
  const repairs = [...new Set(keys.flatMap((key) => key.repairs))];
  return {
    mode,
    osId: policy.id,
    tokenIn: mode === "none" ? undefined : formatLocations(credentialLocations),
    ...(mode === "jwt"
      ? {
          algorithms: listAlgorithms(keys).join(", "),
          audience: describeAudience(policy),
          keys: keys.map(({ thumbprint, label }) => thumbprint ?? label).join(", "),
          repaired: repairs.length === 0 ? "no" : repairs.join("; "),
        }
      : {}),
  };
}

function summarize(policy: PolicyInForce): string {
  const { id, mode, enforcesScopes, keys } = policy;
  if (mode !== "jwt") return `starts: mode ${mode}, id ${id}`;
  const scopes = enforcesScopes ? "" : ", scopes NOT enforced";
  return `starts: mode jwt, expects ${listAlgorithms(keys).join(", ")}, audience ${describeAudience(policy)}${scopes}`;
}

function describeAudience({ tokens: [{ audience }] }: PolicyInForce): string {
  return audience?.join(", ") ?? "not verified";
}
