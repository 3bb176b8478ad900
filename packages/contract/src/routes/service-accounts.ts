/** Machine identities and their tokens. */
import type { RouteTable } from "./route.ts";

// biome-ignore format: one route is one line
export const serviceAccountsRoutes = {
  "serviceAccounts.list": { method: "GET", path: "/service-accounts", access: ["service_accounts:read"], tag: "Service accounts", summary: "List service accounts", isPlanned: true },
  "serviceAccounts.create": { method: "POST", path: "/service-accounts", access: ["service_accounts:write"], tag: "Service accounts", summary: "Create a service account", isPlanned: true },
  "serviceAccounts.revoke": { method: "DELETE", path: "/service-accounts/{service_account_id}", access: ["service_accounts:delete"], tag: "Service accounts", summary: "Revoke a service account", isPlanned: true },
} as const satisfies RouteTable;
