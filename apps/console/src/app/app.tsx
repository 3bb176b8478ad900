/** What everything stands in, and who comes through the door: strangers, holders of a link, and people who are signed in. */
import { CSPProvider } from "@base-ui/react/csp-provider";
import { QueryClientProvider, type UseQueryResult, useQuery } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { useEffect, useMemo, useState } from "react";
import { ErrorState } from "../components/error-state.tsx";
import { Skeleton } from "../components/skeleton.tsx";
import { ToastArea } from "../components/toast.tsx";
import { TooltipGroup } from "../components/tooltip.tsx";
import { FrontDoor } from "../features/sign-in/front-door.tsx";
import { LinkPage } from "../features/sign-in/link-page.tsx";
import { SignInPage } from "../features/sign-in/sign-in-page.tsx";
import { isSessionOver } from "../lib/describe-fault.ts";
import { takeLinkSecret } from "../lib/one-time-link.ts";
import { type Services, ServicesProvider, useServices } from "../lib/services.ts";
import { type SignedIn, sessionQuery } from "../lib/session.ts";
import { ErrorBoundary } from "./error-boundary.tsx";
import { NoOrganizationPage } from "./no-organization-page.tsx";
import { usePersonGuard } from "./person-guard.ts";
import { createConsoleRouter } from "./router.tsx";

export interface AppProps {
  readonly services: Services;
  /** Of the link that the page was opened with. */
  readonly linkSecret: string | undefined;
}

export function App({ services, linkSecret }: AppProps) {
  return (
    <CSPProvider disableStyleElements>
      <ServicesProvider value={services}>
        <QueryClientProvider client={services.queryClient}>
          <TooltipGroup delay={300}>
            <ToastArea>
              <ErrorBoundary>
                <Door linkSecret={linkSecret} />
              </ErrorBoundary>
            </ToastArea>
          </TooltipGroup>
        </QueryClientProvider>
      </ServicesProvider>
    </CSPProvider>
  );
}

function Door({ linkSecret }: { readonly linkSecret: string | undefined }) {
  const [secret, setSecret] = useState(linkSecret);
  useEffect(() => {
    // A link that is pasted into the address bar of an open page loads no document.
    const take = () => setSecret((before) => takeLinkSecret(window) ?? before);
    window.addEventListener("hashchange", take);
    return () => window.removeEventListener("hashchange", take);
  }, []);
  const session = useQuery({ ...sessionQuery(useServices().controlPlane), meta: { knowsSessionOver: true } });
  if (usePersonGuard(session.data?.person.id))
    return (
      <FrontDoor>
        <Skeleton label="Somebody else is signed in now: loading the console for them" lines={2} />
      </FrontDoor>
    );
  return secret === undefined ? (
    <Entrance session={session} />
  ) : (
    <LinkPage key={secret} secret={secret} onGiveUp={() => setSecret(undefined)} />
  );
}

function Entrance({ session }: { readonly session: UseQueryResult<SignedIn> }) {
  const services = useServices();
  const router = useMemo(() => createConsoleRouter(services), [services]);
  // Who was let in stays in, whatever a later answer says: the shell shows what has become of the session.
  if (session.data !== undefined)
    return session.data.memberships.length === 0 ? (
      <NoOrganizationPage />
    ) : (
      <RouterProvider router={router} />
    );
  if (session.error === null)
    return (
      <FrontDoor>
        <Skeleton label="Looking who is signed in" lines={2} />
      </FrontDoor>
    );
  if (isSessionOver(session.error)) return <SignInPage />;
  return (
    <FrontDoor title="The console cannot start">
      <ErrorState
        error={session.error}
        onRetry={() => void session.refetch()}
        isRetrying={session.isFetching}
      />
    </FrontDoor>
  );
}
