// docs/reference/scopes.md: every scope and what it opens. Made of the scope catalogue and the route table.
import {
  ACCESS_PREREQUISITES,
  ADMIN_SCOPE,
  DEFAULT_SERVICE_ACCOUNT_SCOPES,
  PLANNED_ROUTES,
  ROUTES,
  type RouteDefinition,
  SCOPE_RESOURCE_ALIASES,
  SCOPE_RESOURCES,
  type ScopeResource,
  SERVED_ROUTES,
  SOCKETS,
  type SocketDefinition,
} from "@agentos/contract";
import { anchor, code, codeList, EDITION, GENERATED, table, upperFirst } from "./markdown.ts";

const resources = Object.entries<ScopeResource>(SCOPE_RESOURCES);
const served = Object.values<RouteDefinition>(SERVED_ROUTES);
const planned = Object.values<RouteDefinition>(PLANNED_ROUTES);
const namesOf = (entries: typeof resources) =>
  entries.flatMap(([name, { actions }]) => actions.map((action) => `${name}:${action}`));

export function scopesPage(): string {
  const planes = Map.groupBy(resources, ([, { plane }]) => plane);
  return [
    `${GENERATED}# Scopes`,
    `${EDITION} A route asks for one scope or several; a caller needs all of them. \`agentos scopes explain METHOD PATH\` answers the same question for one route.`,
    "## How a scope is written",
    table(["form", "grants", "example"], forms()),
    `A scope of your own routes has any resource and action, such as \`reports:read\`; in TypeScript it is marked as meant with \`customScope("reports:read")\`. Case matters in ids only.`,
    "## At a glance",
    table(
      ["resource", "actions", "one item", "enforced by"],
      resources.map(([name, { actions, perResource, plane, description }]) => [
        `[${code(name)}](#${toId(name)}) ${description}`,
        actions.map(code).join(" "),
        perResource ? code(`${name}:ID:ACTION`) : "no",
        plane === "agentos" ? "AgentOS" : "control plane",
      ]),
    ),
    "## What others depend on",
    "Without one of these, finer scopes never come into play.",
    table(
      ["scope", "without it", "enforced by"],
      ACCESS_PREREQUISITES.map(({ scope, blocks, enforcedBy }) => [
        code(scope),
        blocks,
        enforcedBy === "agentos" ? "AgentOS" : "control plane",
      ]),
    ),
    "## Service accounts",
    `A service account gets ${codeList(DEFAULT_SERVICE_ACCOUNT_SCOPES)} unless other scopes are asked for. Privileged scopes are never given by default and never implied by another one but the admin scope: ${codeList(namesOf(resources.filter(([, { isPrivileged }]) => isPrivileged === true)))}.`,
    "## Open to everybody",
    `No credential is read for ${codeList(served.filter(({ access }) => access === "public").map(nameOf))}. \`excludedRoutePaths\` replaces this list.`,
    "## AgentOS scopes",
    "**served** routes answer today; planned ones are part of the contract and answer 404 until the release that brings them.",
    ...(planes.get("agentos") ?? []).map(([name, resource]) => resourceSection(name, resource)),
    "## Over a WebSocket",
    "An action asks for what its route asks for, also where that route is only planned.",
    table(["WebSocket", "action", "decided like", "scopes"], socketActions()),
    "## Control-plane scopes",
    "The console's backend enforces these. They open no route of an AgentOS.",
    table(
      ["scope", "for", ""],
      (planes.get("control-plane") ?? []).flatMap(([name, resource]) =>
        resource.actions.map((action, index) => [
          `${index === 0 ? anchor(toId(name)) : ""}${code(`${name}:${action}`)}`,
          resource.description,
          notesOn(`${name}:${action}`, resource).join(", "),
        ]),
      ),
    ),
    "",
  ].join("\n\n");
}

function forms(): readonly (readonly string[])[] {
  return [
    ["`resource:action`", "the action on every item", "`agents:run`"],
    [
      "`resource:ID:action`",
      `the action on one item; for ${codeList(resources.filter(([, { perResource }]) => perResource).map(([name]) => name))}. A list shows just those items`,
      "`agents:web-agent:run`",
    ],
    ["`resource:*:action`", "the same as `resource:action`", "`agents:*:run`"],
    [code(ADMIN_SCOPE), "everything; `adminScope` gives it another name", code(ADMIN_SCOPE)],
    ...Object.entries(SCOPE_RESOURCE_ALIASES).map(([alias, name]) => [
      code(`${alias}:action`),
      `another spelling of ${code(`${name}:action`)}`,
      code(`${alias}:read`),
    ]),
  ];
}

function resourceSection(name: string, resource: ScopeResource): string {
  const rows = resource.actions.flatMap((action) => {
    const scope = `${name}:${action}`;
    const notes = notesOn(scope, resource);
    const cell = [
      code(scope),
      ...(resource.perResource ? [code(`${name}:ID:${action}`)] : []),
      ...(notes.length === 0 ? [] : [`(${notes.join(", ")})`]),
    ].join("<br>");
    const opens = [...opened(served, scope, "**served**"), ...opened(planned, scope, "planned")];
    if (opens.length === 0) opens.push(["no route yet", "", ""]);
    return opens.map((row, index) => [index === 0 ? cell : "", ...row]);
  });
  return [
    anchor(toId(name)),
    `### ${name}`,
    "",
    `${upperFirst(resource.description)}.`,
    "",
    table(["scope", "route", "", "what it does"], rows),
  ].join("\n");
}

function opened(routes: readonly RouteDefinition[], scope: string, state: string): string[][] {
  return routes.flatMap((route) => {
    const { access, summary, lists } = route;
    if (typeof access === "string" || !access.some((required) => required === scope)) return [];
    const others = access.filter((required) => required !== scope);
    const also = others.length === 0 ? "" : `; needs ${codeList(others)} too`;
    return [[code(nameOf(route)), state, `${summary}${also}${lists === undefined ? "" : "; a list"}`]];
  });
}

function socketActions(): readonly (readonly string[])[] {
  return Object.values<SocketDefinition>(SOCKETS).flatMap(({ path, actions }) =>
    Object.entries(actions).map(([action, id], index) => {
      const route: RouteDefinition = ROUTES[id];
      const scopes = typeof route.access === "string" ? route.access : codeList(route.access);
      return [index === 0 ? code(path) : "", code(action), code(nameOf(route)), scopes];
    }),
  );
}

function notesOn(scope: string, resource: ScopeResource): readonly string[] {
  const notes: string[] = [];
  if (resource.isPrivileged === true) notes.push("privileged");
  if (DEFAULT_SERVICE_ACCOUNT_SCOPES.some((granted) => granted === scope))
    notes.push("default of service accounts");
  if (ACCESS_PREREQUISITES.some((prerequisite) => prerequisite.scope === scope)) notes.push("prerequisite");
  return notes;
}

const nameOf = ({ method, path }: RouteDefinition) => `${method} ${path}`;
const toId = (name: string) => `scope-${name.replaceAll(/[^a-z]/g, "-")}`;
