/** Asks for the version of an AgentOS that reports none. */
import { useState } from "react";
import { Button } from "../../components/button.tsx";
import { ErrorState } from "../../components/error-state.tsx";
import { Field } from "../../components/field.tsx";
import { RequiresScope } from "../../components/requires-scope.tsx";
import { TextInput } from "../../components/text-input.tsx";
import { faultOfField } from "../../lib/describe-fault.ts";
import type { Instance } from "../../lib/instance-state.ts";
import { useInstanceChange } from "./use-instance-change.ts";

export function VersionForm({ instance }: { readonly instance: Instance }) {
  const [version, setVersion] = useState(
    instance.version_source === "stated" ? (instance.version ?? "") : "",
  );
  const state = useInstanceChange(instance.id, (controlPlane, parameters, stated_version: string) =>
    instance.is_draft
      ? controlPlane.instances.updateDraft({ parameters, body: { stated_version } })
      : controlPlane.instances.update({ parameters, body: { stated_version } }),
  );
  const fault = faultOfField(state.error, "stated_version");
  return (
    <form
      className="flex max-w-xl flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        if (version.trim() !== "") state.mutate(version.trim());
      }}
    >
      <div className="flex flex-wrap items-end gap-2">
        <div className="w-44">
          <Field label="Version of the AgentOS" error={fault}>
            <TextInput
              isCode
              placeholder="2.3.13"
              value={version}
              onChange={({ target }) => setVersion(target.value)}
            />
          </Field>
        </div>
        <RequiresScope scopes={[instance.is_draft ? "os:connect" : "os:write"]}>
          <Button type="submit" isBusy={state.isPending} disabled={version.trim() === ""}>
            State the version
          </Button>
        </RequiresScope>
      </div>
      {state.error === null || fault !== undefined ? null : <ErrorState error={state.error} isCompact />}
    </form>
  );
}
