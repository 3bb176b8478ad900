/** Approvals of paused runs. */
import type { RouteTable } from "./route.ts";

// biome-ignore format: one route is one line
export const approvalsRoutes = {
  "approvals.list": { method: "GET", path: "/approvals", access: ["approvals:read"], tag: "Approvals", summary: "List approvals", isPlanned: true },
  "approvals.count": { method: "GET", path: "/approvals/count", access: ["approvals:read"], tag: "Approvals", summary: "Count pending approvals", isPlanned: true },
  "approvals.read": { method: "GET", path: "/approvals/{approval_id}", access: ["approvals:read"], tag: "Approvals", summary: "Read an approval", isPlanned: true },
  "approvals.readStatus": { method: "GET", path: "/approvals/{approval_id}/status", access: ["approvals:read"], tag: "Approvals", summary: "Status of an approval", isPlanned: true },
  "approvals.resolve": { method: "POST", path: "/approvals/{approval_id}/resolve", access: ["approvals:write"], tag: "Approvals", summary: "Approve or reject", isPlanned: true },
  "approvals.delete": { method: "DELETE", path: "/approvals/{approval_id}", access: ["approvals:delete"], tag: "Approvals", summary: "Delete an approval", isPlanned: true },
} as const satisfies RouteTable;
