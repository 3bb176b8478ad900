/** The lights of one instance, from its address to a token that is let in. Resumed by its address. */
import { getRouteApi } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { Button, ButtonLink } from "../../components/button.tsx";
import { Disclosure } from "../../components/disclosure.tsx";
import { ErrorState } from "../../components/error-state.tsx";
import { NoSuchInstance } from "../../components/no-such-instance.tsx";
import { PageHeader } from "../../components/page-header.tsx";
import { QueryView } from "../../components/query-view.tsx";
import { Status } from "../../components/status.tsx";
import type { Instance } from "../../lib/instance-state.ts";
import { useInstanceProbe, useTrial } from "../../lib/instance-watch.ts";
import { isKnownToDocument, useInstances } from "../../lib/instances.ts";
import { useServices } from "../../lib/services.ts";
import { useThisBrowser } from "../../lib/this-browser.ts";
import { clip } from "../../lib/words.ts";
import { Connect, Discard, Guard, Ready } from "./connect-steps.tsx";
import { canVerifyTokens, deriveLights, isAllGreen } from "./connection-lights.ts";
import { DraftEndpointForm } from "./endpoint-form.tsx";
import { FindingFix } from "./finding-card.tsx";
import type { Light } from "./light.ts";
import { LightList } from "./light-list.tsx";
import { describeLights, describePassed } from "./lights-state.ts";
import { SecurityKeyForm } from "./security-key-form.tsx";
import { StaleDocument } from "./stale-document.tsx";
import { VersionForm } from "./version-form.tsx";

const route = getRouteApi("/shell/connect/$instanceId");

export function ConnectPage() {
  const { instanceId } = route.useParams();
  const query = useInstances();
  return (
    <QueryView query={query} what="the instance">
      {({ data }) => {
        const instance = data.find(({ id }) => id === instanceId);
        return instance === undefined ? (
          <NoSuchInstance />
        ) : (
          <ConnectInstance key={instance.id} instance={instance} />
        );
      }}
    </QueryView>
  );
}

function ConnectInstance({ instance }: { readonly instance: Instance }) {
  const [isChanging, setIsChanging] = useState(false);
  const [isSettled, setIsSettled] = useState(false);
  const tools = useThisBrowser();
  const { queryClient } = useServices();
  const isStale = instance.endpoint !== null && !isKnownToDocument(queryClient, instance);
  const probe = useInstanceProbe(instance, { isSettled });
  const trial = useTrial(instance, { isSettled });
  const taken = useConnectedAt(instance);
  const lights = deriveLights({
    instance,
    taken,
    report: probe.data,
    trial: trial.data,
    browser: tools.browser,
    consoleOrigin: window.location.origin,
  });
  const isDone = !instance.is_draft && isAllGreen(lights);
  if (isDone !== isSettled) setIsSettled(isDone);
  const { is_draft: isDraft, findings } = instance;
  const other = findings.find(({ code }) => code === "INSTANCE_OS_ID_DIFFERS");
  const cancel = instance.endpoint === null ? undefined : () => setIsChanging(false);
  return (
    <>
      <PageHeader
        title={isDraft ? `Connect ${instance.name}` : `Connection of ${instance.name}`}
        facts={
          // Lights change by themselves: what they come to is read out.
          <output className={isDone ? "sr-only" : "contents"}>
            <Status {...describeLights(lights, { isDraft })} />
          </output>
        }
        description={
          isDraft
            ? "Checked from this browser every few seconds. You can leave: this address brings you back."
            : isDone
              ? undefined
              : "Connected. One thing is left before you can use it."
        }
        actions={isDraft ? <Discard instance={instance} /> : null}
      />
      {isStale ? <StaleDocument /> : null}
      {isDone ? <Ready instance={instance} lights={lights} /> : null}
      {probe.error === null ? null : (
        <ErrorState error={probe.error} title="What this browser sees could not be reported" />
      )}
      <AllPassed isDone={isDone} lights={lights}>
        <LightList
          lights={lights}
          actions={
            isDraft && !isChanging && instance.endpoint !== null
              ? {
                  address: (
                    <Button size="sm" onClick={() => setIsChanging(true)}>
                      Change the address
                    </Button>
                  ),
                }
              : {}
          }
          controls={{
            ...(isDraft && (isChanging || instance.endpoint === null)
              ? { address: <DraftEndpointForm instance={instance} onCancel={cancel} /> }
              : {}),
            ...(taken === undefined || isChanging
              ? {}
              : {
                  address: (
                    <div>
                      <ButtonLink size="sm" to="/i/$instanceId" params={{ instanceId: taken.id }}>
                        Open {clip(taken.name, 60)}
                      </ButtonLink>
                    </div>
                  ),
                }),
            ...(other === undefined || isDraft
              ? {}
              : { agentos: <FindingFix instance={instance} finding={other} /> }),
            ...(needsVersion(instance) ? { version: <VersionForm instance={instance} /> } : {}),
            ...(trial.data?.kind === "no-key" || isKeyRefused(instance, lights)
              ? { key: <SecurityKeyForm instance={instance} /> }
              : {}),
          }}
        />
      </AllPassed>
      {isDraft ? (
        <Connect instance={instance} lights={lights} />
      ) : (
        <Guard instance={instance} isDone={isDone} />
      )}
    </>
  );
}

/** Where all is well, the lights are for who wants to know. */
function AllPassed({
  isDone,
  lights,
  children,
}: {
  readonly isDone: boolean;
  readonly lights: readonly Light[];
  readonly children: ReactNode;
}) {
  return isDone ? <Disclosure title={describePassed(lights)}>{children}</Disclosure> : children;
}

/** Two instances with one address cannot be: whoever connects a draft is told before they try. */
function useConnectedAt({ is_draft: isDraft, endpoint }: Instance): Instance | undefined {
  const all = useInstances().data?.data ?? [];
  return isDraft && endpoint !== null
    ? all.find((other) => !other.is_draft && other.endpoint === endpoint)
    : undefined;
}

function needsVersion({ version_source: source, version }: Instance): boolean {
  return version === null || (source === "stated" && !canVerifyTokens(version));
}

function isKeyRefused({ desired }: Instance, lights: readonly Light[]): boolean {
  return (
    desired.security_key &&
    !desired.authorization &&
    lights.some(({ id, state }) => id === "key" && state === "failed")
  );
}
