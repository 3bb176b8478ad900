/** The lights of one instance, from its address to a token that is let in. Resumed by its address. */
import { useMutation } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { Plug } from "lucide-react";
import { type ReactNode, useId, useState } from "react";
import { Button, ButtonLink } from "../../components/button.tsx";
import { ConfigurationPanel } from "../../components/configuration-panel.tsx";
import { Dialog, DialogClose } from "../../components/dialog.tsx";
import { Disclosure } from "../../components/disclosure.tsx";
import { ErrorState } from "../../components/error-state.tsx";
import { NoSuchInstance } from "../../components/no-such-instance.tsx";
import { Notice } from "../../components/notice.tsx";
import { PageHeader, Section } from "../../components/page-header.tsx";
import { QueryView } from "../../components/query-view.tsx";
import { RequiresScope } from "../../components/requires-scope.tsx";
import { Status } from "../../components/status.tsx";
import type { Instance } from "../../lib/instance-state.ts";
import { useInstanceProbe, useTrial } from "../../lib/instance-watch.ts";
import {
  isKnownToDocument,
  refreshInstances,
  useInstanceParameters,
  useInstances,
} from "../../lib/instances.ts";
import { useServices } from "../../lib/services.ts";
import { useThisBrowser } from "../../lib/this-browser.ts";
import { asSentence, clip } from "../../lib/words.ts";
import { canVerifyTokens, deriveLights, isAllGreen } from "./connection-lights.ts";
import { DraftEndpointForm } from "./endpoint-form.tsx";
import { FindingFix } from "./finding-card.tsx";
import type { Light } from "./light.ts";
import { LightList } from "./light-list.tsx";
import { describeConnecting, describeLights, describePassed } from "./lights-state.ts";
import { SecurityKeyForm } from "./security-key-form.tsx";
import { StaleDocument } from "./stale-document.tsx";
import { SwitchesPanel } from "./switches-panel.tsx";
import { useInstanceChange, useSetSwitches } from "./use-instance-change.ts";
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
      {isStale ? <StaleDocument path={`/connect/${instance.id}`} /> : null}
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

function Discard({ instance }: { readonly instance: Instance }) {
  const { controlPlane, queryClient } = useServices();
  const navigate = useNavigate();
  const parameters = useInstanceParameters(instance.id);
  const [isAsking, setIsAsking] = useState(false);
  const discard = useMutation({
    mutationFn: () => controlPlane.instances.discardDraft({ parameters }),
    onSuccess: async () => {
      await navigate({ to: "/instances" });
      await refreshInstances(queryClient, parameters.organization_id);
    },
  });
  return (
    <>
      <Button isBusy={discard.isPending} onClick={() => setIsAsking(true)}>
        Discard the draft…
      </Button>
      <Dialog
        title={`Discard ${instance.name}?`}
        description="Its name and address are forgotten. The AgentOS itself is not touched."
        isOpen={isAsking}
        onOpenChange={setIsAsking}
        actions={
          <>
            <DialogClose>
              <Button>Keep it</Button>
            </DialogClose>
            <Button variant="danger" isBusy={discard.isPending} onClick={() => discard.mutate()}>
              Discard the draft
            </Button>
          </>
        }
      >
        {discard.error === null ? null : <ErrorState error={discard.error} isCompact />}
      </Dialog>
    </>
  );
}

function Connect({ instance, lights }: { readonly instance: Instance; readonly lights: readonly Light[] }) {
  const connect = useInstanceChange(instance.id, (controlPlane, parameters) =>
    controlPlane.instances.connect({ parameters }),
  );
  const { isReady, isLooking, label, note } = describeConnecting(lights);
  const id = useId();
  return (
    <div className="flex flex-col items-start gap-3">
      {connect.error === null ? null : (
        <ErrorState error={connect.error} title={`${instance.name} was not connected`} />
      )}
      <RequiresScope scopes={["os:connect"]}>
        <Button
          variant={isReady ? "primary" : "secondary"}
          icon={<Plug aria-hidden />}
          isBusy={connect.isPending}
          disabled={isLooking}
          aria-describedby={id}
          onClick={() => connect.mutate()}
        >
          {label}
        </Button>
      </RequiresScope>
      <p id={id} className="max-w-prose text-xs text-ink-soft">
        {note}
      </p>
    </div>
  );
}

function Ready({ instance, lights }: { readonly instance: Instance; readonly lights: readonly Light[] }) {
  const toKnow = lights.filter(({ state }) => state === "warn");
  return (
    <Notice
      tone={toKnow.length === 0 ? "ok" : "warn"}
      title={`${instance.name} is connected`}
      action={
        <>
          <ButtonLink to="/i/$instanceId" params={{ instanceId: instance.id }} variant="primary">
            Open {instance.name}
          </ButtonLink>
          <ButtonLink to="/i/$instanceId/instance" params={{ instanceId: instance.id }}>
            Switches and keys
          </ButtonLink>
        </>
      }
    >
      You can use its agents now.
      {toKnow.map(({ id, title, said }) => (
        <p key={id} className="wrap-anywhere">
          {title}: {asSentence(said)}
        </p>
      ))}
    </Notice>
  );
}

/** After connecting: what guards it, and the lines that make it so. */
function Guard({ instance, isDone }: { readonly instance: Instance; readonly isDone: boolean }) {
  const set = useSetSwitches(instance.id);
  const { desired, observed } = instance;
  const isUndecided = !desired.authorization && observed?.mode === "jwt";
  // Then its page is where the switches are.
  if (isDone && !isUndecided && (desired.authorization || desired.security_key)) return null;
  return (
    <>
      <Section
        title="What guards it"
        description="Authorization gives each person a token of their own, limited by their role."
      >
        {isUndecided ? (
          <Notice
            title="It asks for tokens already"
            action={
              <RequiresScope scopes={["os:write"]}>
                <Button
                  variant="primary"
                  isBusy={set.isPending}
                  onClick={() => set.mutate({ authorization: true, security_key: false })}
                >
                  Make tokens for it here
                </Button>
              </RequiresScope>
            }
          >
            A key pair is made here for this instance. With the lines below it trusts the tokens of this
            console.
          </Notice>
        ) : null}
        <SwitchesPanel instance={instance} />
      </Section>
      {isDone || !(desired.authorization || desired.security_key) ? null : (
        <Section
          title="Copy the configuration"
          description="Set these lines where the instance is started. The lights turn green by themselves."
        >
          <ConfigurationPanel instance={instance} />
        </Section>
      )}
    </>
  );
}
