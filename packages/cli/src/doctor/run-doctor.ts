/** Gathers what `agentos doctor` was asked for, examines each place, and compares two. */
import { checkToken, findFittingSecretForm } from "@agentos/auth";
import type { CredentialLocation } from "@agentos/guard";
import { readReference } from "../input/read-reference.ts";
import { parseKeyText } from "../keys/describe-key.ts";
import type { Context } from "../program/context.ts";
import type { ExitCode } from "../program/exit-codes.ts";
import { CliFailure } from "../program/failure.ts";
import { formatJson } from "../text/format-json.ts";
import { type ComparedRow, compareExamined } from "./compare.ts";
import { concealReport } from "./conceal-report.ts";
import { AUTHORIZATION_HEADER, readLocation, stripLocation, trimEdges } from "./credential-location.ts";
import { describeCredential } from "./describe-credential.ts";
import { examineAnswer } from "./examine-answer.ts";
import { examineConfig, examineEnvironment } from "./examine-config.ts";
import { examineDenial } from "./examine-denial.ts";
import { examineUrl } from "./examine-url.ts";
import { exitCodeOf } from "./exit-code.ts";
import { makeFinding } from "./findings.ts";
import { printReport } from "./print-report.ts";
import { type Address, assertConfidential, readAddress } from "./read-address.ts";
import { readRequest } from "./read-request.ts";
import type { CheckedWithKeys, DoctorRequest, Examined, Finding } from "./report.ts";
import { recogniseWhat, type What } from "./what/recognise-what.ts";

export interface DoctorOptions {
  readonly url?: readonly string[];
  readonly config?: readonly string[];
  readonly token?: string;
  readonly header?: string;
  readonly cookie?: string;
  readonly route?: readonly string[];
  readonly denial?: string;
  readonly key?: string;
  readonly jwksFile?: string;
  readonly algorithm?: string;
  readonly insecureHttp?: true;
  readonly json?: true;
}

/** What was asked for, from options and the one argument together. */
interface Given {
  readonly addresses: readonly Address[];
  readonly configs: readonly string[];
  readonly token: string | undefined;
  readonly location: CredentialLocation | undefined;
  readonly requests: readonly DoctorRequest[];
  readonly answer: Extract<What, { readonly kind: "answer" }>["answer"] | undefined;
  readonly denialId: string | undefined;
  /** What was changed about what was given. */
  readonly notes: readonly string[];
  /** About what was given itself. */
  readonly findings: readonly Finding[];
}

/** Runs it. */
export async function runDoctor(
  reference: string | undefined,
  options: DoctorOptions,
  context: Context,
): Promise<ExitCode> {
  const given = await readGiven(reference, options, context);
  const { token } = given;
  const checked = token === undefined ? undefined : await checkWithKeys(token, options, context);
  const examined = explainTogether(await examineAll(given, checked, context), given.findings);

  const [first, second] = examined.filter(({ kind }) => kind !== "answer" && kind !== "denial");
  const comparison: readonly ComparedRow[] =
    first !== undefined && second !== undefined ? compareExamined(first, second) : [];
  const exitCode = exitCodeOf(examined, comparison, { hasToken: token !== undefined });
  // INVARIANT: nothing is added to the report behind this line.
  const report = concealReport({ examined, comparison }, token);
  if (options.json) {
    const places = report.examined.map(
      ({ server: _, isTokenChecked: __, answers: ___, routes: ____, ...place }) => place,
    );
    const shown = {
      format: 1,
      exit_code: exitCode,
      places,
      comparison: report.comparison,
      ...(given.notes.length === 0 ? {} : { notes: given.notes }),
    };
    context.terminal.print(formatJson(shown));
  } else {
    const credential = describeCredential(token);
    printReport({ ...report, credential, notes: given.notes, hasToken: token !== undefined }, context);
  }
  return exitCode;
}

async function readGiven(
  reference: string | undefined,
  options: DoctorOptions,
  context: Context,
): Promise<Given> {
  const what = reference === undefined ? undefined : await recogniseWhat(reference, context);
  const curl = what?.kind === "curl" ? what.curl : undefined;
  const addresses = [
    ...(what?.kind === "url" ? [readAddress(what.url)] : []),
    ...(curl === undefined ? [] : [{ base: curl.base, request: curl.request }]),
    ...(options.url ?? []).map((url) => readAddress(url)),
  ];
  const configs = options.config ?? [];
  if (addresses.length + configs.length > 2) {
    throw new CliFailure("more than two places were given", {
      fix: "compare two at a time with --url or --config",
    });
  }
  const location = readLocation(options, { hasUrl: addresses.length > 0 }) ?? curl?.location;
  if (what?.kind === "token" && options.token !== undefined) {
    throw new CliFailure("two credentials were given", {
      fix: "leave --token out: the argument is a credential already",
    });
  }
  const separate =
    options.token === undefined ? undefined : await readToken(options.token, location, context);
  // It takes the place of the one in a curl line.
  const token = separate?.token ?? (what?.kind === "token" ? what.token : curl?.token);
  const denialId = options.denial ?? (what?.kind === "denial" ? what.id : undefined);
  if (denialId !== undefined && !/^den_[\w-]{1,64}$/.test(denialId)) {
    throw new CliFailure('the text given with "--denial" is no denial id', {
      fix: 'give the "denial_id" of the answer, which begins with den_',
    });
  }
  if (denialId !== undefined && addresses.length !== 1) {
    throw new CliFailure(
      "a denial id is known to the server that recorded it, and its address was not given",
      {
        fix: "add --url with the address of that server, and --token with a credential that it accepts",
      },
    );
  }
  if (token !== undefined)
    for (const { base } of addresses)
      assertConfidential(base, { isInsecureHttp: options.insecureHttp === true });
  const named = (options.route ?? []).map(readRequest);
  return {
    addresses,
    configs,
    token,
    location,
    requests: named.length > 0 ? named : addresses.flatMap(({ request }) => request ?? []),
    answer: what?.kind === "answer" ? what.answer : undefined,
    denialId,
    notes: separate?.hadScheme === true ? [SCHEME_NOTE] : [],
    findings: separate === undefined ? explainVariables(curl?.variables ?? [], context) : [],
  };
}

/** A line may come from somebody else: what stands in a variable here is not put into it, and never sent to its host. */
function explainVariables(variables: readonly string[], { cli }: Context): readonly Finding[] {
  const [variable] = variables;
  if (variable === undefined) return [];
  const suggestion = "give the whole token beside the line, read from standard input: `--token -`";
  const facts = { variable, ...(variables.length > 1 ? { suggestion } : {}) };
  return [
    {
      ...makeFinding({ code: "CLI_VARIABLE_UNREAD", facts, level: "error", seenAt: "the curl line" }, cli),
      leavesOpen: true,
    },
  ];
}

const SCHEME_NOTE =
  'the text given with "--token" begins with "Bearer", which was left out here; a header "Authorization: Bearer TOKEN" that is made with the whole text has that word twice, and is refused';

/** What was refused already comes first; what is found by asking now stands beside it. */
async function examineAll(
  { addresses, configs, token, location, requests, answer, denialId }: Given,
  checked: CheckedWithKeys | undefined,
  context: Context,
): Promise<readonly Examined[]> {
  const [address] = addresses;
  // The token is that of whoever asks for the record, and not the one that was refused.
  if (denialId !== undefined && address !== undefined)
    return [await examineDenial(denialId, { base: address.base, token, location }, context)];
  const asked = { requests, token, checked };
  const examined: Examined[] = [];
  for (const config of configs) examined.push(await examineConfig(config, asked, context));
  for (const { base } of addresses) examined.push(await examineUrl(base, { ...asked, location }, context));
  if (answer !== undefined) {
    const server = examined.find((place) => place.server !== undefined)?.server;
    const [request] = requests;
    return [examineAnswer(answer, { token, server, request }, context), ...examined];
  }
  if (examined.length === 0) examined.push(await examineEnvironment(asked, context));
  return examined;
}

/**
 * One cause is said once: what was refused already is not found again by asking now, and a server on this machine that
 * does not run because its configuration cannot start is what follows from that.
 */
function explainTogether(examined: readonly Examined[], about: readonly Finding[]): readonly Examined[] {
  const isStopped = examined.some(({ kind, server }) => kind === "config" && server === undefined);
  const told = examined.find(({ kind }) => kind === "answer")?.findings ?? [];
  const isSame = (a: Finding, b: Finding) => a.code === b.code && a.sentence === b.sentence;
  return examined.map((place, index) => {
    const isAnswer = place.kind === "answer";
    const own = isAnswer
      ? place.findings.map((finding) => ({
          ...finding,
          seenAt: [
            ...finding.seenAt,
            ...examined.flatMap((other) =>
              other === place
                ? []
                : other.findings.filter((found) => isSame(found, finding)).flatMap(({ seenAt }) => seenAt),
            ),
          ],
        }))
      : place.findings.filter((finding) => !told.some((one) => isSame(one, finding)));
    const findings = own.map((finding) =>
      isStopped && place.kind === "url" && finding.code === "CLI_SERVER_UNREACHABLE"
        ? { ...finding, level: "warning" as const }
        : finding,
    );
    return { ...place, findings: index === 0 ? [...about, ...findings] : findings };
  });
}

async function readToken(
  reference: string,
  location: CredentialLocation | undefined,
  context: Context,
): Promise<{ readonly token: string; readonly hadScheme: boolean }> {
  const { text } = await readReference(reference, context, { what: "token", bare: "value" });
  return {
    token: stripLocation(text, location ?? AUTHORIZATION_HEADER),
    hadScheme: /^Bearer[ \t]/i.test(trimEdges(text)),
  };
}

/** What the keys that were given say about the token; undefined without keys. */
async function checkWithKeys(
  token: string,
  { key, jwksFile, algorithm }: DoctorOptions,
  context: Context,
): Promise<CheckedWithKeys | undefined> {
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
  const checked = await checkToken(token, { policy: {}, keys, now: context.now() });
  if (checked.signature !== "refused") return checked;
  const fitting = await findFittingSecretForm(token, keys);
  return { ...checked, fittingForm: fitting?.words };
}
