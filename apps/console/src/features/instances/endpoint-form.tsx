/** Another address: another origin for this page, so the document is loaded again. */
import { useState } from "react";
import { Button } from "../../components/button.tsx";
import { ErrorState } from "../../components/error-state.tsx";
import { Field } from "../../components/field.tsx";
import type { Instance } from "../../lib/instance-state.ts";
import { completeAddress } from "./complete-address.ts";
import { faultOfEndpoint } from "./endpoint-fault.ts";
import { AddressInput } from "./instance-fields.tsx";
import { useInstanceMove } from "./use-instance-change.ts";

/** Of a draft, where nothing depends on the address yet. */
export function DraftEndpointForm({
  instance,
  onCancel,
}: {
  readonly instance: Instance;
  readonly onCancel: (() => void) | undefined;
}) {
  const [endpoint, setEndpoint] = useState(instance.endpoint ?? "");
  const change = useInstanceMove(
    instance.id,
    `/connect/${instance.id}`,
    (controlPlane, parameters, next: string) =>
      controlPlane.instances.updateDraft({ parameters, body: { endpoint: next } }),
  );
  const fault = faultOfEndpoint(change.error);
  return (
    <form
      className="flex max-w-xl flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        if (endpoint.trim() !== "") change.mutate(completeAddress(endpoint));
      }}
    >
      <div className="flex flex-wrap items-end gap-2">
        <div className="min-w-60 flex-1">
          <Field label="Address of the AgentOS" error={fault}>
            <AddressInput value={endpoint} onChange={setEndpoint} />
          </Field>
        </div>
        <Button type="submit" isBusy={change.isPending || change.isSuccess}>
          Look there
        </Button>
        {onCancel === undefined ? null : (
          <Button variant="ghost" onClick={onCancel}>
            Cancel
          </Button>
        )}
      </div>
      {change.error === null || fault !== undefined ? null : <ErrorState error={change.error} isCompact />}
    </form>
  );
}
