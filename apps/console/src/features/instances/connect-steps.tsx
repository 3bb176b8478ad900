/** What is done beside the lights: the draft is connected or discarded, and what guards the instance is set. */
import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Plug } from "lucide-react";
import { useId, useState } from "react";
import { Button, ButtonLink } from "../../components/button.tsx";
import { ConfigurationPanel } from "../../components/configuration-panel.tsx";
import { Dialog, DialogClose } from "../../components/dialog.tsx";
import { ErrorState } from "../../components/error-state.tsx";
import { Notice } from "../../components/notice.tsx";
import { Section } from "../../components/page-header.tsx";
import { RequiresScope } from "../../components/requires-scope.tsx";
import type { Instance } from "../../lib/instance-state.ts";
import { refreshInstances, useInstanceParameters } from "../../lib/instances.ts";
import { useServices } from "../../lib/services.ts";
import { asSentence } from "../../lib/words.ts";
import type { Light } from "./light.ts";
import { describeConnecting } from "./lights-state.ts";
import { SwitchesPanel } from "./switches-panel.tsx";
import { useInstanceChange, useSetSwitches } from "./use-instance-change.ts";

export function Discard({ instance }: { readonly instance: Instance }) {
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

export function Connect({
  instance,
  lights,
}: {
  readonly instance: Instance;
  readonly lights: readonly Light[];
}) {
  const connect = useInstanceChange(instance.id, (controlPlane, parameters) =>
    controlPlane.instances.connect({ parameters }),
  );
  const { isReady, isClosed, label, note } = describeConnecting(lights);
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
          disabled={isClosed}
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

export function Ready({
  instance,
  lights,
}: {
  readonly instance: Instance;
  readonly lights: readonly Light[];
}) {
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
export function Guard({ instance, isDone }: { readonly instance: Instance; readonly isDone: boolean }) {
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
                  onClick={() => set.mutate({ authorization: true })}
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
