/** What a bundle of scopes lets somebody do on an AgentOS, in sentences. Pure; the server decides by the scopes themselves. */

export const CAPABILITIES: readonly { readonly words: string; readonly scopes: readonly string[] }[] = [
  { words: "Load it, and see its settings", scopes: ["config:read"] },
  { words: "Read and run agents, teams and workflows", scopes: ["agents:read", "agents:run"] },
  { words: "Keep and delete their own sessions", scopes: ["sessions:read", "sessions:write"] },
  { words: "Create and change agents and other resources", scopes: ["agents:write"] },
  { words: "Delete agents and other resources", scopes: ["agents:delete"] },
  { words: "Read refusals and the policy, and revoke tokens", scopes: ["authz:read", "authz:revoke"] },
  { words: "See the data of every person", scopes: ["agent_os:admin"] },
];

export type Capability = (typeof CAPABILITIES)[number];

/** Whether these scopes give it. The admin scope satisfies every requirement. */
export function hasCapability(scopes: readonly string[], { scopes: needed }: Capability): boolean {
  return scopes.includes("agent_os:admin") || needed.every((scope) => scopes.includes(scope));
}
