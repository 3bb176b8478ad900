/** What an instance is called and where it is, and how it is forgotten. */
import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { Button } from "../../components/button.tsx";
import { Dialog, DialogClose } from "../../components/dialog.tsx";
import { ErrorState } from "../../components/error-state.tsx";
import { Field } from "../../components/field.tsx";
import { Section } from "../../components/page-header.tsx";
import { RequiresScope } from "../../components/requires-scope.tsx";
import { TextInput } from "../../components/text-input.tsx";
import { useToast } from "../../components/toast.tsx";
import { faultOfField } from "../../lib/describe-fault.ts";
import type { Instance } from "../../lib/instance-state.ts";
import { refreshInstances, useInstanceParameters } from "../../lib/instances.ts";
import { useServices } from "../../lib/services.ts";
import { clip } from "../../lib/words.ts";
import { faultOfEndpoint } from "./endpoint-fault.ts";
import { AddressInput, EnvironmentField } from "./instance-fields.tsx";
import { useInstanceChange, useInstanceMove } from "./use-instance-change.ts";
import { VersionForm } from "./version-form.tsx";

export function SettingsPanel({ instance }: { readonly instance: Instance }) {
  return (
    <div className="flex min-w-0 flex-col gap-8">
      <NameForm instance={instance} />
      <EndpointForm instance={instance} />
      {instance.version_source === "reported" ? null : (
        <Section
          title="Version"
          description="This AgentOS reports none. What it can do follows from the version."
        >
          <VersionForm instance={instance} />
        </Section>
      )}
      <DeleteInstance instance={instance} />
    </div>
  );
}

function readTags(text: string): string[] {
  return [...new Set(text.split(",").map((tag) => tag.trim()))].filter((tag) => tag !== "");
}

function NameForm({ instance }: { readonly instance: Instance }) {
  const showToast = useToast();
  const [name, setName] = useState(instance.name);
  const [tags, setTags] = useState(instance.tags.join(", "));
  const [environment, setEnvironment] = useState(instance.environment);
  const save = useInstanceChange(
    instance.id,
    (controlPlane, parameters) =>
      controlPlane.instances.update({ parameters, body: { name, tags: readTags(tags), environment } }),
    () => showToast({ title: "Saved" }),
  );
  const nameFault = faultOfField(save.error, "name");
  const tagsFault = faultOfField(save.error, "tags");
  const isChanged =
    name !== instance.name ||
    environment !== instance.environment ||
    readTags(tags).join() !== instance.tags.join();
  return (
    <Section title="General">
      <form
        className="flex max-w-xl flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (isChanged) save.mutate();
        }}
      >
        <Field label="Name" error={nameFault}>
          <TextInput required value={name} onChange={({ target }) => setName(target.value)} />
        </Field>
        <Field label="Tags" hint="Separated by commas." error={tagsFault}>
          <TextInput value={tags} onChange={({ target }) => setTags(target.value)} />
        </Field>
        <EnvironmentField value={environment} onChange={setEnvironment} />
        {save.error === null || nameFault !== undefined || tagsFault !== undefined ? null : (
          <ErrorState error={save.error} isCompact />
        )}
        {isChanged || save.isPending ? (
          <div>
            <RequiresScope scopes={["os:write"]}>
              <Button type="submit" variant="primary" isBusy={save.isPending}>
                Save changes
              </Button>
            </RequiresScope>
          </div>
        ) : null}
      </form>
    </Section>
  );
}

function EndpointForm({ instance }: { readonly instance: Instance }) {
  const [endpoint, setEndpoint] = useState(instance.endpoint ?? "");
  const [isAsking, setIsAsking] = useState(false);
  const move = useInstanceMove(
    instance.id,
    `/connect/${instance.id}`,
    (controlPlane, parameters, next: string) =>
      controlPlane.instances.update({ parameters, body: { endpoint: next } }),
  );
  const fault = faultOfEndpoint(move.error);
  const isChanged = endpoint.trim() !== "" && endpoint.trim() !== instance.endpoint;
  const isMoving = move.isPending || move.isSuccess;
  return (
    <Section
      title="Address"
      description="A new address counts as a new instance: its keys are replaced and it is checked again."
    >
      <form
        className="flex max-w-xl flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (isChanged) setIsAsking(true);
        }}
      >
        <Field label="Address" isLabelHidden error={fault}>
          <AddressInput value={endpoint} onChange={setEndpoint} />
        </Field>
        {move.error === null || fault !== undefined ? null : (
          <ErrorState error={move.error} title="The address was not changed" isCompact />
        )}
        {isChanged || isMoving ? (
          <div>
            <RequiresScope scopes={["os:write"]}>
              <Button type="submit" isBusy={isMoving}>
                Change the address…
              </Button>
            </RequiresScope>
          </div>
        ) : null}
      </form>
      <Dialog
        title={`Move ${instance.name} to ${clip(endpoint.trim(), 80)}?`}
        description={
          instance.desired.authorization
            ? "Nobody reaches it until the new place has its lines."
            : "Everybody asks there from now on."
        }
        isOpen={isAsking}
        onOpenChange={setIsAsking}
        actions={
          <>
            <DialogClose>
              <Button>Cancel</Button>
            </DialogClose>
            <Button
              variant={instance.desired.authorization ? "danger" : "primary"}
              onClick={() => {
                setIsAsking(false);
                move.mutate(endpoint.trim());
              }}
            >
              Change the address
            </Button>
          </>
        }
      >
        <ul className="flex list-disc flex-col gap-1 pl-5 text-sm text-ink-soft">
          {instance.desired.authorization ? (
            <li>
              The keys that sign for it are destroyed, and a new pair is made: the new place needs its lines.
            </li>
          ) : null}
          <li>Its id, its version and its state are learnt anew.</li>
          <li>Open pages of your colleagues have to be loaded again before they reach it.</li>
        </ul>
      </Dialog>
    </Section>
  );
}

function DeleteInstance({ instance }: { readonly instance: Instance }) {
  const { controlPlane, queryClient } = useServices();
  const navigate = useNavigate();
  const showToast = useToast();
  const parameters = useInstanceParameters(instance.id);
  const [isAsking, setIsAsking] = useState(false);
  const [typed, setTyped] = useState("");
  const remove = useMutation({
    mutationFn: () => controlPlane.instances.delete({ parameters }),
    onSuccess: async () => {
      showToast({ title: `${instance.name} is deleted` });
      await navigate({ to: "/instances" });
      await refreshInstances(queryClient, parameters.organization_id);
    },
  });
  const open = (isOpen: boolean) => {
    setIsAsking(isOpen);
    setTyped("");
  };
  return (
    <Section
      title="Delete"
      description="Forgets the instance and its keys. The AgentOS itself goes on, and takes no token of this console any more once its keys are taken away there."
    >
      <div>
        <RequiresScope scopes={["os:delete"]}>
          <Button className="text-danger-ink!" onClick={() => open(true)}>
            Delete the instance…
          </Button>
        </RequiresScope>
      </div>
      <Dialog
        title={`Delete ${instance.name}?`}
        description="Its keys are destroyed. Nobody can undo this; connecting it again makes new ones."
        isOpen={isAsking}
        onOpenChange={open}
        actions={
          <>
            <DialogClose>
              <Button>Cancel</Button>
            </DialogClose>
            <Button
              variant="danger"
              isBusy={remove.isPending}
              disabled={typed !== instance.name}
              onClick={() => remove.mutate()}
            >
              Delete the instance
            </Button>
          </>
        }
      >
        <Field label={`Type ${instance.name} to go on`}>
          <TextInput value={typed} onChange={({ target }) => setTyped(target.value)} autoComplete="off" />
        </Field>
        {remove.error === null ? null : <ErrorState error={remove.error} isCompact />}
      </Dialog>
    </Section>
  );
}
