/** Sets a first password, or changes the one that there is. */
import { AgentOSRefusal } from "@agentos/client";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Button } from "../../components/button.tsx";
import { ErrorState } from "../../components/error-state.tsx";
import { Field } from "../../components/field.tsx";
import { NEW_PASSWORD_HINT, NewPasswordInput } from "../../components/new-password-input.tsx";
import { Section } from "../../components/page-header.tsx";
import { TextInput } from "../../components/text-input.tsx";
import { useToast } from "../../components/toast.tsx";
import { faultOfField } from "../../lib/describe-fault.ts";
import { useServices } from "../../lib/services.ts";
import { useSignedIn } from "../../lib/session.ts";

export function PasswordSection() {
  const { person } = useSignedIn();
  const [isOpen, setIsOpen] = useState(false);
  return (
    <Section
      title="Password"
      level={3}
      description={
        person.has_password
          ? "You sign in with it. After a change you are signed out everywhere else."
          : "You signed in by a link, and have none yet. With a password you need no new link."
      }
    >
      {isOpen ? (
        <PasswordForm onDone={() => setIsOpen(false)} />
      ) : (
        <Button className="self-start" onClick={() => setIsOpen(true)}>
          {person.has_password ? "Change password" : "Set a password"}
        </Button>
      )}
    </Section>
  );
}

function PasswordForm({ onDone }: { readonly onDone: () => void }) {
  const { controlPlane, queryClient } = useServices();
  const showToast = useToast();
  const { person } = useSignedIn();
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const change = useMutation({
    mutationFn: () =>
      controlPlane.account.setPassword({
        body: { new_password: next, ...(person.has_password ? { current_password: current } : {}) },
      }),
    async onSuccess() {
      showToast({
        title: person.has_password ? "Password changed" : "Password set",
        description: "You are signed out everywhere else.",
      });
      onDone();
      await queryClient.invalidateQueries({ queryKey: ["session"] });
      await queryClient.invalidateQueries({ queryKey: ["own-sessions"] });
    },
  });
  function submit(event: FormEvent) {
    event.preventDefault();
    change.mutate();
  }
  const nextFault = faultOfField(change.error, "new_password");
  const isWrong = change.error instanceof AgentOSRefusal && change.error.code === "PASSWORD_WRONG";
  return (
    <form onSubmit={submit} className="flex max-w-96 flex-col gap-4">
      {change.error === null || nextFault !== undefined || isWrong ? null : (
        <ErrorState error={change.error} isCompact />
      )}
      {/* For password managers, which want to know whose password it is. */}
      <input type="hidden" autoComplete="username" value={person.email} readOnly />
      {person.has_password ? (
        <Field
          label="Current password"
          error={isWrong ? "That is not your current password. Nothing was changed." : undefined}
        >
          <TextInput
            type="password"
            autoComplete="current-password"
            required
            autoFocus
            maxLength={128}
            value={current}
            onChange={(event) => setCurrent(event.target.value)}
          />
        </Field>
      ) : null}
      <Field label="New password" hint={NEW_PASSWORD_HINT} error={nextFault}>
        <NewPasswordInput
          required
          autoFocus={!person.has_password}
          value={next}
          onChange={(event) => setNext(event.target.value)}
        />
      </Field>
      <div className="flex gap-2">
        <Button type="submit" variant="primary" isBusy={change.isPending}>
          {person.has_password ? "Change password" : "Set password"}
        </Button>
        <Button onClick={onDone}>Cancel</Button>
      </div>
    </form>
  );
}
