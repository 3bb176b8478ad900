/** One policy as a guard that stands alone checks by it, made as a whole: keys, gate, and the routes that are protected. */
import type { CompiledRoute } from "@agentos/auth";
import {
  type CustomScope,
  createFault,
  type Fault,
  type RouteAccess,
  splitParameters,
  type Template,
} from "@agentos/contract";
import { createOptionFault } from "../config/option-faults.ts";
import { nameOption } from "../config/option-names.ts";
import { findNoCredentialFaults } from "../config/reach-fault.ts";
import type { ResolvedPolicy } from "../config/resolve-policy.ts";
import type { Runtime } from "../log/runtime.ts";
import { createResourceMetadata, type ResourceMetadataService } from "../pages/resource-metadata.ts";
import { resourceOptions } from "../pages/resource-options.ts";
import {
  type AuthResources,
  type AuthRuntime,
  type AuthRuntimeOptions,
  createAuthRuntime,
} from "./auth-runtime.ts";
import { compileRoutesFor } from "./compile-routes-for.ts";

/** What a route of the application may ask for. */
export type ProtectedAccess = Exclude<RouteAccess<CustomScope>, "public">;

/** A policy that checks. */
export interface GuardState {
  readonly resolved: ResolvedPolicy;
  readonly auth: AuthRuntime;
  /** Those that the metadata of the resource describe, by name. */
  readonly routes: Map<string, CompiledRoute>;
  metadata(): ResourceMetadataService | undefined;
}

/** What outlives every policy of a guard. */
export interface GuardSurroundings {
  readonly options: Pick<AuthRuntimeOptions, "denialRecorder" | "revocation"> & {
    readonly servesResourceMetadata?: boolean | undefined;
  };
  readonly runtime: Runtime;
  /** What is protected so far, by the name of its route. */
  readonly accesses: ReadonlyMap<string, ProtectedAccess>;
  /** What the policy before recorded with, and this one goes on with. Undefined for the first. */
  readonly kept?: AuthResources | undefined;
}

/**
 * Judges the keys of a policy and builds what checks under it. Rejects with a ConfigurationError that has every fault,
 * and leaves nothing behind then.
 */
export async function createGuardState(
  resolved: ResolvedPolicy,
  { options, runtime, accesses, kept = {} }: GuardSurroundings,
  otherFaults: readonly Fault[] = [],
): Promise<GuardState> {
  const protectedRoutes = [...accesses.values()].map((access) => compileAccess(resolved, access));
  const routes = new Map(protectedRoutes.map(({ route }) => [route.name, route]));
  const errors = protectedRoutes.flatMap(({ faults }) =>
    faults.filter(({ severity }) => severity === "error"),
  );
  const metadata = () => createResourceMetadata(resourceOptions(resolved, [...routes.values()], undefined));
  const auth = await createAuthRuntime(
    resolved,
    { routes: [], faults: [...errors, ...otherFaults] },
    {
      runtime,
      denialRecorder: options.denialRecorder,
      open: async () => kept,
      revocation: options.revocation,
      resourceMetadataUrl:
        options.servesResourceMetadata === true ? (host) => metadata()?.urlFor(host) : undefined,
    },
  );
  return { resolved, auth, routes, metadata };
}

/** What is asked of callers, as a route. */
export function compileAccess(
  resolved: ResolvedPolicy,
  access: ProtectedAccess,
): { readonly route: CompiledRoute; readonly faults: readonly Fault[] } {
  const definition = { method: "ANY", path: nameAccess(access), access };
  const { routes, faults } = compileRoutesFor(resolved, { protected: definition });
  const [route] = routes;
  if (route === undefined) throw new Error("a route compiles to a route");
  return { route, faults };
}

/** Refusals of an AgentOS say where its id is read, `GET /info`; an application behind a guard has no such route. */
export function withoutInfo(resolved: ResolvedPolicy): ResolvedPolicy {
  const { policy } = resolved;
  const [first, ...others] = policy.tokens.map((part) => ({ ...part, isAudienceTheId: false }));
  if (first === undefined) return resolved;
  const issuerKeys = resolved.issuerKeys.map((keys) => ({
    ...keys,
    tokens: { ...keys.tokens, isAudienceTheId: false },
  }));
  return { ...resolved, issuerKeys, policy: { ...policy, tokens: [first, ...others] } };
}

/** The host has matched the path; the guard only knows the scopes, and the parameters that they name. */
function nameAccess(access: ProtectedAccess): Template {
  const text = `/(${typeof access === "string" ? access : access.join(", ")})`;
  const parts = splitParameters(text);
  const parameters = parts.flatMap((part) => (part.kind === "parameter" ? [part.name] : []));
  return { text, segments: [{ kind: "literal", text: text.slice(1) }], parameters };
}

/** What only an AgentOS can do is refused here, never ignored: this guard sees no other route and opens no port. */
export function findGuardFaults(resolved: ResolvedPolicy): readonly Fault[] {
  const {
    policy: { mode },
    rules,
    writtenIn,
  } = resolved;
  const refuseOption = (name: string, problem: string, suggestion: string) =>
    createOptionFault({ option: nameOption(name, writtenIn), problem, suggestion });
  return [
    ...findNoCredentialFaults(resolved),
    ...(mode === "jwt-unverified"
      ? [
          createFault({
            code: "CONFIG_UNVERIFIED_BEYOND_LOOPBACK",
            facts: { reach: "a guard cannot see who reaches it" },
          }),
        ]
      : []),
    ...(Object.keys(rules.scopeMappings).length === 0
      ? []
      : [
          refuseOption(
            "scopeMappings",
            "a guard has no routes to lay rules over",
            'leave it out, and name the scopes in "protect"',
          ),
        ]),
    ...(rules.publicPaths === undefined
      ? []
      : [
          refuseOption(
            "excludedRoutePaths",
            "a guard has no routes to open",
            'leave it out, and leave "protect" out where anybody may call',
          ),
        ]),
  ];
}
