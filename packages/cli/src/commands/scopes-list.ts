/** `agentos scopes list`: the catalogue, with what each scope is for. */
import { ACCESS_PREREQUISITES, ADMIN_SCOPE, SCOPE_RESOURCES } from "@agentos/contract";
import type { Command } from "commander";
import type { Context } from "../program/context.ts";
import { ExitCode } from "../program/exit-codes.ts";
import { formatJson } from "../text/format-json.ts";

export function addScopesList(parent: Command, context: Context): void {
  parent
    .command("list")
    .description("list every scope")
    .option("--json", "print JSON")
    .action((options: { json?: true }) => {
      if (options.json) printJson(context);
      else printTable(context);
      context.finish(ExitCode.ok);
    });
}

function printJson({ terminal }: Context): void {
  const resources = Object.entries(SCOPE_RESOURCES).map(([name, resource]) => ({
    resource: name,
    description: resource.description,
    plane: resource.plane,
    per_resource: resource.perResource,
    scopes: resource.actions.map((action) => `${name}:${action}`),
  }));
  terminal.print(
    formatJson({ admin_scope: ADMIN_SCOPE, resources, access_prerequisites: ACCESS_PREREQUISITES }),
  );
}

function printTable({ terminal }: Context): void {
  const { print, paint } = terminal;
  const width = Math.max(...Object.keys(SCOPE_RESOURCES).map((name) => name.length));
  for (const plane of ["agentos", "control-plane"] as const) {
    print(paint("bold", plane === "agentos" ? "Enforced by an AgentOS" : "Enforced by the control plane"));
    for (const [name, resource] of Object.entries(SCOPE_RESOURCES)) {
      if (resource.plane !== plane) continue;
      const one = resource.perResource ? ` (or one: ${name}:ID:ACTION)` : "";
      print(`  ${paint("cyan", name.padEnd(width))}  ${resource.actions.join(", ")}${one}`);
      print(`  ${" ".repeat(width)}  ${paint("dim", resource.description)}`);
    }
    print();
  }
  print(`A scope is RESOURCE:ACTION, such as agents:run. "${ADMIN_SCOPE}" satisfies every requirement.`);
  print("There is no wildcard for actions; agents:*:run is the same as agents:run.");
  print();
  print(paint("bold", "Scopes that come first"));
  for (const { scope, blocks } of ACCESS_PREREQUISITES)
    print(`  ${paint("cyan", scope)}: without it ${blocks}`);
}
