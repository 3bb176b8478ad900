/** First step of connecting: a name and an address. A draft is saved, and the lights are at an address of their own. */
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { Button, ButtonLink } from "../../components/button.tsx";
import { ErrorState } from "../../components/error-state.tsx";
import { Field } from "../../components/field.tsx";
import { PageHeader } from "../../components/page-header.tsx";
import { RequiresScope } from "../../components/requires-scope.tsx";
import { TextInput } from "../../components/text-input.tsx";
import { faultOfField } from "../../lib/describe-fault.ts";
import type { Instance } from "../../lib/instance-state.ts";
import { useServices } from "../../lib/services.ts";
import { useMembership } from "../../lib/session.ts";
import { completeAddress } from "./complete-address.ts";
import { faultOfEndpoint } from "./endpoint-fault.ts";
import { AddressInput, EnvironmentField } from "./instance-fields.tsx";

export function ConnectStartPage() {
  const { controlPlane, openDocument } = useServices();
  const organization_id = useMembership().organization.id;
  const [name, setName] = useState("");
  const [endpoint, setEndpoint] = useState("");
  const [environment, setEnvironment] = useState<Instance["environment"]>("local");
  const create = useMutation({
    mutationFn: (body: {
      readonly name: string;
      readonly endpoint: string;
      readonly environment: Instance["environment"];
    }) => controlPlane.instances.create({ parameters: { organization_id }, body }),
    // Not a navigation within: the policy of this document does not know the new origin.
    onSuccess: ({ id }) => openDocument(`/connect/${id}`),
  });
  const nameFault = faultOfField(create.error, "name");
  const endpointFault = faultOfEndpoint(create.error);
  return (
    <>
      <PageHeader
        title="Connect an instance"
        description="Give the address of a running AgentOS. The console then looks at it from this browser, step by step, and says what is in the way."
      />
      <form
        className="flex max-w-xl flex-col gap-5"
        onSubmit={(event) => {
          event.preventDefault();
          create.mutate({ name, endpoint: completeAddress(endpoint), environment });
        }}
      >
        <Field label="Name" hint="As your colleagues know it." error={nameFault}>
          <TextInput
            required
            value={name}
            placeholder="Shop"
            onChange={({ target }) => setName(target.value)}
            autoComplete="off"
          />
        </Field>
        <Field
          label="Address"
          hint="As this browser reaches it, with its port and its path. It can be changed until it is connected."
          error={endpointFault}
        >
          <AddressInput value={endpoint} onChange={setEndpoint} />
        </Field>
        <EnvironmentField value={environment} onChange={setEnvironment} />
        {create.error === null || nameFault !== undefined || endpointFault !== undefined ? null : (
          <ErrorState error={create.error} title="No draft was made" isCompact />
        )}
        <div className="flex flex-wrap gap-2">
          <RequiresScope scopes={["os:connect"]}>
            <Button type="submit" variant="primary" isBusy={create.isPending || create.isSuccess}>
              Check the address
            </Button>
          </RequiresScope>
          <ButtonLink to="/instances">Cancel</ButtonLink>
        </div>
      </form>
    </>
  );
}
