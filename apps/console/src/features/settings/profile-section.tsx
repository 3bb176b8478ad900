import { useMutation } from "@tanstack/react-query";
import { CopyableId } from "../../components/copyable-id.tsx";
import { KeyValueList } from "../../components/key-value-list.tsx";
import { Section } from "../../components/page-header.tsx";
import { TextLink } from "../../components/text-link.tsx";
import { useToast } from "../../components/toast.tsx";
import { titleOfRole, useRoles } from "../../lib/people.ts";
import { useServices } from "../../lib/services.ts";
import { useMembership, useSignedIn } from "../../lib/session.ts";
import { NameForm } from "./name-form.tsx";

export function ProfileSection() {
  const { controlPlane, queryClient } = useServices();
  const showToast = useToast();
  const { person } = useSignedIn();
  const { organization, role } = useMembership();
  const roles = useRoles();
  const title = titleOfRole(role, roles.data?.data);
  const rename = useMutation({
    mutationFn: (name: string) => controlPlane.account.update({ body: { name } }),
    async onSuccess() {
      await queryClient.invalidateQueries({ queryKey: ["session"] });
      await queryClient.invalidateQueries({ queryKey: ["members"] });
      showToast({ title: "Name saved" });
    },
  });
  return (
    <Section title="Profile" level={3}>
      <NameForm
        key={person.name}
        label="Name"
        hint="What others see: in the list of members and in the audit log."
        name={person.name}
        autoComplete="name"
        error={rename.error}
        isBusy={rename.isPending}
        onSave={(name) => rename.mutate(name)}
      />
      <KeyValueList
        items={[
          { name: "E-mail", value: person.email },
          {
            name: "Role",
            value: (
              <>
                {title} of {organization.name}.{" "}
                <TextLink to="/members" search={{ tab: "roles" }}>
                  See what {/^[aeiou]/i.test(title) ? "an" : "a"} {title} may do
                </TextLink>
              </>
            ),
          },
          {
            name: "Your id",
            value: (
              <span className="flex flex-wrap items-center gap-x-2">
                <CopyableId id={person.id} />
                <span className="text-xs text-ink-soft">
                  <code className="font-mono">sub</code> in your tokens
                </span>
              </span>
            ),
          },
        ]}
      />
    </Section>
  );
}
