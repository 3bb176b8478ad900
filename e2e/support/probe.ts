/** What a console's page sees of an instance, as it reports it: bodies and statuses of a few routes, without a credential. */
import type { ControlPlaneClient } from "@agentos/client";

type Probe = NonNullable<Parameters<ControlPlaneClient["instances"]["observe"]>[0]>["body"];
type Route = NonNullable<Probe["answers"]>[number]["route"];

const ROUTES: readonly Route[] = ["GET /health", "GET /info", "GET /config", "GET /agents"];

/** Asks each route once. `token` is one that the control plane has minted. */
export async function probe(endpoint: string, token?: string): Promise<Probe> {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const answers = await Promise.all(
    ROUTES.map(async (route) => {
      const response = await fetch(`${endpoint}${route.slice("GET ".length)}`, { headers });
      const body: unknown = await response.json().catch(() => undefined);
      const isObject = typeof body === "object" && body !== null && !Array.isArray(body);
      return {
        route,
        status: response.status,
        credential: token === undefined ? ("none" as const) : ("minted" as const),
        ...(isObject ? { body: body as Record<string, unknown> } : {}),
      };
    }),
  );
  return { endpoint, outcome: "answered", answers };
}
