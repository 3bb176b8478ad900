/** What pages work with. Made once in `main.tsx`, and given down: nothing of it is a global. */
import type { ControlPlaneClient } from "@agentos/client";
import type { QueryClient } from "@tanstack/react-query";
import { createContext, useContext } from "react";
import type { Drafts } from "./drafts.ts";
import type { InstanceClients } from "./instance-clients.ts";
import type { OtherTabs } from "./other-tabs.ts";
import type { PagePolicy } from "./page-policy.ts";
import type { RefusedCalls } from "./refused-call.ts";
import type { SessionWatch } from "./session-watch.ts";

export interface Services {
  readonly controlPlane: ControlPlaneClient;
  /** Clients of the instances, with tokens that live in this tab's memory only. */
  readonly instanceClients: InstanceClients;
  /** What was refused in this tab, so that it can be asked again. */
  readonly refusedCalls: RefusedCalls;
  readonly pagePolicy: PagePolicy;
  /** What was typed in chats and not sent. */
  readonly drafts: Drafts;
  readonly queryClient: QueryClient;
  readonly sessionWatch: SessionWatch;
  readonly otherTabs: OtherTabs;
  /**
   * Loads a page of the console as a document. Needed where the origins that this document may talk to are other ones
   * afterwards: after signing in, and after an instance is made or moved.
   */
  readonly openDocument: (path: string) => void;
}

const ServicesContext = createContext<Services | undefined>(undefined);
export const ServicesProvider = ServicesContext.Provider;

export function useServices(): Services {
  const services = useContext(ServicesContext);
  if (services === undefined) throw new Error("INVARIANT: every page is inside of ServicesProvider");
  return services;
}
