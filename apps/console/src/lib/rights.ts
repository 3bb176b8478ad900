/** What a person may do with one resource of an instance, told from the scopes of their role. The instance decides again. */

import { ADMIN_SCOPE } from "@agentos/contract";

export type Act = "read" | "run";

/** Whether the scopes let that act be done to the resource of this id. */
export function mayAct(
  scopes: readonly string[],
  act: { readonly resource: "agents" | "teams" | "workflows"; readonly id: string; readonly act: Act },
): boolean {
  const { resource, id } = act;
  return [
    ADMIN_SCOPE,
    `${resource}:${act.act}`,
    `${resource}:*`,
    `${resource}:*:${act.act}`,
    `${resource}:${id}:${act.act}`,
  ].some((scope) => scopes.includes(scope));
}
