/** All components in all states, without a server: for people who look, and for the tests that do. No package has it. */
import { createControlPlaneClient } from "@agentos/client";
import { CSPProvider } from "@base-ui/react/csp-provider";
import { QueryClientProvider } from "@tanstack/react-query";
import {
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
  RouterProvider,
} from "@tanstack/react-router";
import { createRoot } from "react-dom/client";
import { ToastArea } from "../components/toast.tsx";
import { TooltipGroup } from "../components/tooltip.tsx";
import { createDrafts } from "../lib/drafts.ts";
import { createInstanceClients } from "../lib/instance-clients.ts";
import { createOtherTabs } from "../lib/other-tabs.ts";
import { watchPagePolicy } from "../lib/page-policy.ts";
import { createQueryClient } from "../lib/query-client.ts";
import { createRefusedCalls } from "../lib/refused-call.ts";
import { ServicesProvider } from "../lib/services.ts";
import { createSessionWatch } from "../lib/session-watch.ts";
import { RefusalCatalogue } from "./refusal-catalogue.tsx";
import { fillSession } from "./sample-session.ts";
import { Styleguide } from "./styleguide.tsx";
import "../styles/styles.css";

const controlPlane = createControlPlaneClient({ baseUrl: window.location.origin });
const sessionWatch = createSessionWatch();
const queryClient = createQueryClient(sessionWatch);
const services = {
  controlPlane,
  sessionWatch,
  queryClient,
  instanceClients: createInstanceClients(controlPlane, () => undefined),
  refusedCalls: createRefusedCalls(),
  pagePolicy: watchPagePolicy(document),
  drafts: createDrafts(),
  otherTabs: createOtherTabs(),
  openDocument: () => undefined,
};

fillSession(queryClient);
/** `#refusals` has all refusals, anything else the components. */
const component = window.location.hash === "#refusals" ? RefusalCatalogue : Styleguide;

const root = createRootRoute();
const router = createRouter({
  routeTree: root.addChildren([createRoute({ getParentRoute: () => root, path: "/", component })]),
  // The address stays that of the file.
  history: createMemoryHistory(),
});

const element = document.querySelector("#root");
if (element === null) throw new Error("INVARIANT: styleguide.html has an element for it");
createRoot(element).render(
  <CSPProvider disableStyleElements>
    <ServicesProvider value={services}>
      <QueryClientProvider client={queryClient}>
        <TooltipGroup delay={0}>
          <ToastArea>
            <RouterProvider router={router as never} />
          </ToastArea>
        </TooltipGroup>
      </QueryClientProvider>
    </ServicesProvider>
  </CSPProvider>,
);
