/** `agentos token explain`: what a token may do, route by route, on a configuration or a running server. */
import type { Command } from "commander";
import { concealReport } from "../doctor/conceal-report.ts";
import { isAboutAddress } from "../doctor/exit-code.ts";
import { readReference } from "../input/read-reference.ts";
import type { Context } from "../program/context.ts";
import { ExitCode } from "../program/exit-codes.ts";
import { CliFailure } from "../program/failure.ts";
import { showUntrusted } from "../program/terminal.ts";
import { formatJson } from "../text/format-json.ts";
import { decodeToken } from "../token/decode-token.ts";
import type { ExplainedRoute, ExplainedToken } from "../token/explain-token.ts";

interface Options {
  readonly config?: string;
  readonly url?: string;
  readonly header?: string;
  readonly cookie?: string;
  readonly insecureHttp?: true;
  readonly all?: true;
  readonly json?: true;
}

export function addTokenExplain(parent: Command, context: Context): void {
  parent
    .command("explain")
    .description("what a token may do, route by route; says 2 when the token itself is refused")
    .argument("<token>", "the token, or file:PATH, env:NAME or - for standard input")
    .option("-c, --config <file>", "judge it as the AgentOS of this configuration would")
    .option("--url <url>", "ask this running AgentOS whether it accepts it")
    .option("--header <name>", "header in which the server at --url reads the token (default: Authorization)")
    .option("--cookie <name>", "cookie in which the server at --url reads the token, in place of a header")
    .option(
      "--insecure-http",
      "send the token over http to another machine too; everybody on the way can read it",
    )
    .option("--all", "list the routes of later versions too")
    .option("--json", "print JSON, with all routes")
    .action(async (reference: string, options: Options) => {
      if (options.config !== undefined && options.url !== undefined)
        throw new CliFailure('both "--config" and "--url" were given', { fix: "give one of them" });
      const { text } = await readReference(reference, context, { what: "token", bare: "value" });
      const { explainToken } = await import("../token/explain-token.ts");
      const { token } = decodeToken(text);
      const explained = concealReport(await explainToken(token, options, context), token);
      if (options.json) context.terminal.print(formatJson(explained));
      else printExplained(explained, context, { showsAll: options.all === true });
      context.finish(exitCodeOf(explained));
    });
}

function exitCodeOf({ isAccepted, isConfigurationFaulty, findings }: ExplainedToken): ExitCode {
  if (isConfigurationFaulty) return ExitCode.invalidConfiguration;
  if (isAccepted === false) return ExitCode.denied;
  if (findings.length === 0) return ExitCode.ok;
  return findings.some(isAboutAddress) ? ExitCode.failed : ExitCode.cannotTell;
}

function printExplained(
  explained: ExplainedToken,
  context: Context,
  { showsAll }: { readonly showsAll: boolean },
): void {
  const { judgedBy, isConfigurationFaulty, findings, refusals, enforcesScopes, routes } = explained;
  const { print, paint } = context.terminal;
  print(`${paint("bold", showUntrusted(judgedBy))}  ${describeVerdict(explained, context)}`);
  for (const finding of findings) printFinding(finding, "cause", context);
  // Nothing has looked at the token, so there is nothing to say of what it may do.
  if (isConfigurationFaulty) return;
  for (const refusal of refusals) printFinding(refusal, "denied", context);
  printScopes(explained, context);
  if (!enforcesScopes)
    print(paint("yellow", "  scopes are not enforced there: a valid token may do everything"));
  print();
  const shown = showsAll ? routes : routes.filter(({ served }) => served);
  const width = Math.max(...shown.map(({ route }) => route.length));
  for (const route of shown) print(formatRoute(route, width, context.terminal));
  if (findings.length > 0) print(paint("dim", "\nwhat the scopes would open once the token is accepted"));
  if (shown.some(({ outcome }) => outcome === "not known"))
    print(paint("dim", `\n${explained.isConfigurationKnown ? UNKNOWN_ISSUER : UNKNOWN_CONFIGURATION}`));
  const planned = routes.length - routes.filter(({ served }) => served).length;
  if (!showsAll) print(paint("dim", `\n${planned} routes of later versions: --all`));
}

const UNKNOWN_ISSUER = "what an issuer may grant is known once it is trusted";
const UNKNOWN_CONFIGURATION =
  "what the issuer of a token may grant is known to the server alone: --config FILE, with the configuration of that server, decides every route";

function describeVerdict(
  { isConfigurationFaulty, isAccepted, findings }: ExplainedToken,
  { terminal: { paint } }: Context,
): string {
  if (isConfigurationFaulty)
    return paint("red", "the configuration cannot be used, so the token was not looked at");
  if (isAccepted === true) return paint("green", "accepted");
  if (isAccepted === false) return paint("red", "refused");
  return paint("yellow", findings.length > 0 ? "cannot tell" : "no objection found, signature not checked");
}

function printFinding(
  { sentence, fix, code, certainty }: ExplainedToken["findings"][number],
  label: "cause" | "denied",
  { terminal: { print, paint } }: Context,
): void {
  const sure = certainty === "certain" ? "" : `${certainty}: `;
  print(`  ${paint("red", label.padEnd(6))} ${sure}${showUntrusted(sentence)} ${paint("dim", `[${code}]`)}`);
  print(`  ${paint("green", "fix")}    ${showUntrusted(fix)}`);
}

/** Those that count on one line, each of the others with why it does not. */
function printScopes(
  { scopes, withheldScopes, isCeilingKnown }: ExplainedToken,
  { terminal: { print, paint } }: Context,
): void {
  const counting = scopes.length === 0 ? [] : [showUntrusted(scopes.join(" "))];
  const withheld = withheldScopes.map(
    (scope) =>
      `${showUntrusted(scope)} ${paint("yellow", '(does not count: its issuer does not list it in "allowedScopes")')}`,
  );
  const [first = "none", ...others] = [...counting, ...withheld];
  const note = scopes.length > 0 && !isCeilingKnown ? ` ${paint("dim", "(as the token names them)")}` : "";
  print(`  scopes ${first}${note}`);
  for (const line of others) print(`         ${line}`);
}

function formatRoute(route: ExplainedRoute, width: number, { paint }: Context["terminal"]): string {
  const name = route.route.padEnd(width);
  const later = route.served ? "" : paint("dim", "  (planned)");
  switch (route.outcome) {
    case "public":
      return `  ${paint("dim", "open   ")}  ${name}  ${paint("dim", "public")}${later}`;
    case "allowed":
      return `  ${paint("green", "allowed")}  ${name}  ${paint("dim", describeGrant(route))}${later}`;
    case "some items":
      return `  ${paint("green", "some   ")}  ${name}  only ${route.items.map(showUntrusted).join(", ")}${later}`;
    case "not known": {
      const items = route.items.length === 0 ? "" : `only ${route.items.map(showUntrusted).join(", ")}, `;
      const scopes = route.granted_by.length === 0 ? "" : `by ${joinScopes(route.granted_by)}, `;
      return `  ${paint("yellow", "unknown")}  ${name}  ${items || scopes}if its issuer may grant that there${later}`;
    }
    default:
      return `  ${paint("red", "denied ")}  ${name}  ${describeLack(route)}${later}`;
  }
}

function describeGrant({ answer, granted_by: grantedBy }: ExplainedRoute): string {
  if (grantedBy.length > 0) return `by ${joinScopes(grantedBy)}`;
  return answer === "let in" ? "the server lets it in" : "any valid credential";
}

function describeLack(route: ExplainedRoute): string {
  if (route.scope_to_allow !== null) return `its issuer may not grant ${showUntrusted(route.scope_to_allow)}`;
  if (route.code === "SCOPE_OVER_CEILING") return "its issuer may not grant that there";
  if (route.missing_scopes.length > 0) return `add ${joinScopes(route.missing_scopes)}`;
  return route.answer === "refused" ? `the server refuses it: ${route.code ?? "no reason"}` : "nobody may";
}

function joinScopes(scopes: readonly string[]): string {
  return scopes.map(showUntrusted).join(" and ");
}
