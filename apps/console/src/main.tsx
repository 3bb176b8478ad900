/** Starts the console. */
import { createControlPlaneClient } from "@agentos/client";
import { createRoot } from "react-dom/client";
import { App } from "./app/app.tsx";
import { createDrafts } from "./lib/drafts.ts";
import { createInstanceClients } from "./lib/instance-clients.ts";
import { takeLinkSecret } from "./lib/one-time-link.ts";
import { createOtherTabs } from "./lib/other-tabs.ts";
import { watchPagePolicy } from "./lib/page-policy.ts";
import { createQueryClient } from "./lib/query-client.ts";
import { createRefusedCalls } from "./lib/refused-call.ts";
import { createSessionWatch } from "./lib/session-watch.ts";
import { watchTheme } from "./lib/theme.ts";
import "./styles/styles.css";

// Before anything else looks at the address.
const linkSecret = takeLinkSecret(window);
watchTheme();

const controlPlane = createControlPlaneClient({ baseUrl: window.location.origin });
const sessionWatch = createSessionWatch();
const queryClient = createQueryClient(sessionWatch);
const services = {
  controlPlane,
  instanceClients: createInstanceClients(
    controlPlane,
    (what) => void queryClient.invalidateQueries({ queryKey: [what] }),
  ),
  refusedCalls: createRefusedCalls(),
  pagePolicy: watchPagePolicy(document),
  drafts: createDrafts(),
  queryClient,
  sessionWatch,
  otherTabs: createOtherTabs(),
  openDocument(path: string) {
    if (path === window.location.pathname + window.location.search) window.location.reload();
    else window.location.assign(path);
  },
};

const root = document.querySelector("#root");
if (root === null) throw new Error("INVARIANT: index.html has an element for the console");
createRoot(root).render(<App services={services} linkSecret={linkSecret} />);
