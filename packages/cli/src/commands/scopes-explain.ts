/** `agentos scopes explain METHOD PATH`: the route that matches, what it needs, and whether given scopes suffice. */
import type { Decision } from "@agentos/auth";
import { ADMIN_SCOPE } from "@agentos/contract";
import type { Command } from "commander";
import type { Context } from "../program/context.ts";
import { ExitCode } from "../program/exit-codes.ts";
import { CliFailure } from "../program/failure.ts";
import { showUntrusted } from "../program/terminal.ts";
import { type MatchedRoute, matchRoute } from "../scopes/route-table.ts";
import { decideAccess, describeAccess } from "../text/explain-access.ts";
import { formatJson } from "../text/format-json.ts";
import { describeUnknownScope, splitScopes } from "../text/scope-names.ts";

interface Options {
  readonly scopes?: string;
  readonly adminScope: string;
  readonly json?: true;
}

export function addScopesExplain(parent: Command, context: Context): void {
  parent
    .command("explain")
    .description("say which scope a request needs, and whether some scopes suffice (then 2 means denied)")
    .argument("<method>", "GET, POST, PUT, PATCH or DELETE")
    .argument("<path>", "path of the request, such as /agents/web-agent/runs")
    .option("--scopes <list>", "scopes that the caller has, separated by spaces or commas")
    .option("--admin-scope <scope>", "the scope that satisfies everything", ADMIN_SCOPE)
    .option("--json", "print JSON")
    .action((method: string, path: string, options: Options) => {
      context.finish(explain({ method, path }, options, context));
    });
}

function explain(request: { method: string; path: string }, options: Options, context: Context): ExitCode {
  const matched = matchRoute(request.method, request.path, options.adminScope);
  if (!("route" in matched)) {
    const method = request.method.toUpperCase();
    const others =
      matched.otherMethods.length > 0 ? `; this path answers ${matched.otherMethods.join(", ")}` : "";
    const problem = matched.methods.includes(method)
      ? `no route of AgentOS matches ${method} ${matched.path}`
      : `${/^[A-Z]{1,10}$/.test(method) ? method : "this"} is no method that a route of AgentOS has; they have ${matched.methods.join(", ")}`;
    throw new CliFailure(`${problem}${others}`, {
      fix:
        matched.similar.length > 0
          ? `routes that begin alike: ${matched.similar.join(", ")}`
          : "check the path; routes of your own application are not known here",
      exitCode: ExitCode.cannotTell,
    });
  }
  const held = options.scopes === undefined ? undefined : splitScopes(options.scopes);
  // Without scopes the decision says what a caller without any would lack.
  const { decision } = decideAccess(held ?? [], matched, options.adminScope);
  const unknown = (held ?? []).flatMap((scope) =>
    scope === options.adminScope ? [] : (describeUnknownScope(scope, context.cli) ?? []),
  );
  if (options.json) printJson(context, matched, { held, decision, unknown });
  else printText(context, matched, { held, decision, unknown });
  return held === undefined || decision.isAllowed ? ExitCode.ok : ExitCode.denied;
}

interface Answer {
  readonly held: readonly string[] | undefined;
  readonly decision: Decision;
  readonly unknown: readonly string[];
}

function printText({ terminal }: Context, matched: MatchedRoute, { held, decision, unknown }: Answer): void {
  const { print, paint } = terminal;
  // Parts of the path, the scopes and the name of the admin scope were typed, or pasted.
  const list = (scopes: Iterable<string>, separator: string) =>
    [...scopes].map(showUntrusted).join(separator);
  print(`${paint("bold", matched.route.name)}  ${matched.summary}`);
  print(
    `  ${matched.isServed ? "served by this version" : "planned: this version answers 404 to whoever is allowed"}`,
  );
  print(`  needs      ${showUntrusted(describeAccess(matched))}`);
  if (matched.narrowScopes.length > 0)
    print(`  or just    ${list(matched.narrowScopes, " and ")} for this item`);
  if (matched.route.access.lists !== undefined)
    print("  a caller with scopes for single items sees just those");
  if (held === undefined) return;
  print(`  caller has ${held.length === 0 ? "no scopes" : list(held, " ")}`);
  for (const problem of unknown) print(`  ${paint("yellow", "note:")} ${showUntrusted(problem)}`);
  if (decision.isAllowed) {
    const by = decision.grantedBy.length > 0 ? `, by ${list(new Set(decision.grantedBy), " and ")}` : "";
    print(paint("green", `allowed${by}`));
    if (decision.visible !== "all") print(`  the list shows only: ${list(decision.visible, ", ")}`);
    return;
  }
  print(paint("red", `denied [${decision.code}]: missing ${list(decision.missing, ", ")}`));
  if (decision.scopeToAdd !== undefined)
    print(
      `  fix: give the caller ${paint("bold", showUntrusted(decision.scopeToAdd))}, then get a new token`,
    );
}

function printJson({ terminal }: Context, matched: MatchedRoute, { held, decision, unknown }: Answer): void {
  const answer = {
    route: matched.route.name,
    summary: matched.summary,
    served: matched.isServed,
    access: typeof matched.route.access.rule === "string" ? matched.route.access.rule : "scopes",
    required_scopes: matched.requiredScopes,
    per_resource_scopes: matched.narrowScopes,
    ...(held === undefined
      ? {}
      : {
          scopes: held,
          allowed: decision.isAllowed,
          ...(decision.isAllowed
            ? {
                granted_by: decision.grantedBy,
                visible: decision.visible === "all" ? "all" : [...decision.visible],
              }
            : {
                code: decision.code,
                missing_scopes: decision.missing,
                scope_to_add: decision.scopeToAdd ?? null,
              }),
          notes: unknown,
        }),
  };
  terminal.print(formatJson(answer));
}
