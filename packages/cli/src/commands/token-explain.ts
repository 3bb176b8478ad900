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

function exitCodeOf({ isAccepted, findings }: ExplainedToken): ExitCode {
  if (isAccepted === false) return ExitCode.denied;
  if (findings.length === 0) return ExitCode.ok;
  return findings.some(isAboutAddress) ? ExitCode.failed : ExitCode.cannotTell;
}

function printExplained(
  { judgedBy, isAccepted, findings, scopes, enforcesScopes, routes }: ExplainedToken,
  { terminal }: Context,
  { showsAll }: { readonly showsAll: boolean },
): void {
  const { print, paint } = terminal;
  const verdict =
    isAccepted === true
      ? paint("green", "accepted")
      : isAccepted === false
        ? paint("red", "refused")
        : paint("yellow", findings.length > 0 ? "cannot tell" : "no objection found, signature not checked");
  print(`${paint("bold", showUntrusted(judgedBy))}  ${verdict}`);
  for (const { sentence, fix, code, certainty } of findings) {
    print(
      `  ${paint("red", "cause")}  ${certainty === "certain" ? "" : `${certainty}: `}${showUntrusted(sentence)} ${paint("dim", `[${code}]`)}`,
    );
    print(`  ${paint("green", "fix")}    ${showUntrusted(fix)}`);
  }
  print(`  scopes ${scopes.length === 0 ? "none" : showUntrusted(scopes.join(" "))}`);
  if (!enforcesScopes)
    print(paint("yellow", "  scopes are not enforced there: a valid token may do everything"));
  print();
  const shown = showsAll ? routes : routes.filter(({ served }) => served);
  const width = Math.max(...shown.map(({ route }) => route.length));
  for (const route of shown) print(formatRoute(route, width, terminal));
  if (findings.length > 0) print(paint("dim", "\nwhat the scopes would open once the token is accepted"));
  const planned = routes.length - routes.filter(({ served }) => served).length;
  if (!showsAll) print(paint("dim", `\n${planned} routes of later versions: --all`));
}

function formatRoute(route: ExplainedRoute, width: number, { paint }: Context["terminal"]): string {
  const name = route.route.padEnd(width);
  const later = route.served ? "" : paint("dim", "  (planned)");
  switch (route.outcome) {
    case "public":
      return `  ${paint("dim", "open   ")}  ${name}  ${paint("dim", "public")}${later}`;
    case "allowed":
      return `  ${paint("green", "allowed")}  ${name}  ${paint("dim", route.granted_by.length === 0 ? "any valid credential" : `by ${route.granted_by.map(showUntrusted).join(" and ")}`)}${later}`;
    case "some items":
      return `  ${paint("green", "some   ")}  ${name}  only ${route.items.map(showUntrusted).join(", ")}${later}`;
    default:
      return `  ${paint("red", "denied ")}  ${name}  ${route.scope_to_add === null ? "nobody may" : `add ${route.missing_scopes.map(showUntrusted).join(" and ")}`}${later}`;
  }
}
