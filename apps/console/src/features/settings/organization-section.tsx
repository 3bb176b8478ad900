import { useMutation } from "@tanstack/react-query";
import { Button } from "../../components/button.tsx";
import { KeyValueList } from "../../components/key-value-list.tsx";
import { Section } from "../../components/page-header.tsx";
import { RequiresScope } from "../../components/requires-scope.tsx";
import { useToast } from "../../components/toast.tsx";
import { useServices } from "../../lib/services.ts";
import { useMembership, useMissingScopes } from "../../lib/session.ts";
import { NameForm } from "./name-form.tsx";

export function OrganizationSection() {
  const { controlPlane, queryClient } = useServices();
  const showToast = useToast();
  const { organization } = useMembership();
  const isMissing = useMissingScopes(["org:write"]) !== undefined;
  const rename = useMutation({
    mutationFn: (name: string) =>
      controlPlane.organizations.update({
        parameters: { organization_id: organization.id },
        body: { name },
      }),
    async onSuccess() {
      await queryClient.invalidateQueries({ queryKey: ["session"] });
      showToast({ title: "Organization renamed" });
    },
  });
  return (
    <Section title="Organization" isGroup>
      {isMissing ? (
        <>
          <KeyValueList items={[{ name: "Name", value: organization.name }]} />
          <div>
            <RequiresScope scopes={["org:write"]}>
              <Button>Rename</Button>
            </RequiresScope>
          </div>
        </>
      ) : (
        <NameForm
          key={organization.name}
          label="Organization name"
          hint="What everybody sees at the top of the page. Addresses, tokens and ids stay."
          name={organization.name}
          autoComplete="off"
          error={rename.error}
          isBusy={rename.isPending}
          onSave={(name) => rename.mutate(name)}
        />
      )}
    </Section>
  );
}
