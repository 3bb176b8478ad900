/** Gathers what `agentos doctor` was asked for, examines each place, and compares two. */
import { type CheckedToken, checkToken } from "@agentos/auth";
import { ADMIN_SCOPE } from "@agentos/contract";
import type { CredentialLocation } from "@agentos/guard";
import { readReference } from "../input/read-reference.ts";
import { parseKeyText } from "../keys/describe-key.ts";
import type { Context } from "../program/context.ts";
import type { ExitCode } from "../program/exit-codes.ts";
import { CliFailure } from "../program/failure.ts";
import { matchRoute } from "../scopes/route-table.ts";
import { formatJson } from "../text/format-json.ts";
import { type ComparedRow, compareExamined } from "./compare.ts";
import { concealReport } from "./conceal-report.ts";
import { AUTHORIZATION_HEADER, readLocation, stripLocation } from "./credential-location.ts";
import { examineConfig, examineEnvironment } from "./examine-config.ts";
import { examineUrl } from "./examine-url.ts";
import { exitCodeOf } from "./exit-code.ts";
import { printReport } from "./print-report.ts";
import { describeCredential } from "./probe-routes.ts";
import { readBase } from "./read-base.ts";
import type { DoctorRequest, Examined } from "./report.ts";

export interface DoctorOptions {
  readonly url?: readonly string[];
  readonly config?: readonly string[];
  readonly token?: string;
  readonly header?: string;
  readonly cookie?: string;
  readonly route?: readonly string[];
  readonly key?: string;
  readonly jwksFile?: string;
  readonly algorithm?: string;
  readonly json?: true;
}

const DEFAULT_ROUTES = ["GET /config", "GET /agents"];

/** Runs it. */
export async function runDoctor(options: DoctorOptions, context: Context): Promise<ExitCode> {
  const bases = (options.url ?? []).map(readBase);
  const configs = options.config ?? [];
  if (bases.length + configs.length > 2) {
    throw new CliFailure("more than two places were given", {
      fix: "compare two at a time with --url or --config",
    });
  }
  const location = readLocation(options, { hasUrl: bases.length > 0 });
  const token = options.token === undefined ? undefined : await readToken(options.token, location, context);
  const requests = (options.route ?? DEFAULT_ROUTES).map(readRoute);
  const checked = token === undefined ? undefined : await checkWithKeys(token, options, context);
  const asked = { requests, token, checked };

  const examined: Examined[] = [];
  for (const config of configs) examined.push(await examineConfig(config, asked, context));
  for (const base of bases) examined.push(await examineUrl(base, { ...asked, location }, context));
  if (examined.length === 0) examined.push(await examineEnvironment(asked, context));

  const [first, second] = examined;
  const comparison: readonly ComparedRow[] =
    first !== undefined && second !== undefined ? compareExamined(first, second) : [];
  const exitCode = exitCodeOf(examined, comparison);
  // INVARIANT: nothing is added to the report behind this line.
  const report = concealReport({ examined, comparison }, token);
  if (options.json) {
    const places = report.examined.map(({ server: _, isTokenChecked: __, answers: ___, ...place }) => place);
    const shown = { format: 1, exit_code: exitCode, places, comparison: report.comparison };
    context.terminal.print(formatJson(shown));
  } else {
    const credential = describeCredential(token);
    printReport({ ...report, credential, hasToken: token !== undefined }, context);
  }
  return exitCode;
}

async function readToken(
  reference: string,
  location: CredentialLocation | undefined,
  context: Context,
): Promise<string> {
  const { text } = await readReference(reference, context, { what: "token", bare: "value" });
  return stripLocation(text, location ?? AUTHORIZATION_HEADER);
}

function readRoute(text: string): DoctorRequest {
  const match = /^\s*(GET|POST|PUT|PATCH|DELETE)\s+(\/\S*)\s*$/i.exec(text);
  if (match === null) {
    throw new CliFailure('"--route" is not of the form "METHOD /path"', {
      fix: 'write for example --route "GET /agents"',
    });
  }
  const [, method = "", path = ""] = match;
  const matched = matchRoute(method, path, ADMIN_SCOPE);
  return { method: method.toUpperCase(), path, matched: "route" in matched ? matched : undefined };
}

/** What the keys that were given say about the token; undefined without keys. */
async function checkWithKeys(
  token: string,
  { key, jwksFile, algorithm }: DoctorOptions,
  context: Context,
): Promise<CheckedToken | undefined> {
  const references = [key, jwksFile === undefined ? undefined : `file:${jwksFile}`].filter(
    (reference) => reference !== undefined,
  );
  const results = await Promise.all(
    references.map(async (reference) => {
      const { text, source } = await readReference(reference, context, { what: "key", bare: "either" });
      return parseKeyText(text, { source, algorithm });
    }),
  );
  const keys = results.flatMap((result) => result.keys);
  if (references.length > 0 && keys.length === 0) {
    throw new CliFailure("the key that was given cannot be used", {
      fix: `\`${context.cli} keys show\` says what is wrong with it; for a shared secret give --algorithm HS256 too`,
    });
  }
  if (keys.length === 0) return undefined;
  return checkToken(token, { policy: {}, keys, now: context.now() });
}
