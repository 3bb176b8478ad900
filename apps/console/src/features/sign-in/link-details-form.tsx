/** What a link needs beside its secret: who the first owner is, and a password. */
import type { ClientError } from "@agentos/client";
import { type FormEvent, useState } from "react";
import { Button } from "../../components/button.tsx";
import { Field } from "../../components/field.tsx";
import { NEW_PASSWORD_HINT, NewPasswordInput } from "../../components/new-password-input.tsx";
import { TextInput } from "../../components/text-input.tsx";
import { faultOfField } from "../../lib/describe-fault.ts";

export interface LinkDetails {
  readonly name?: string;
  readonly email?: string;
  readonly organization_name?: string;
  readonly password?: string;
}

export interface LinkDetailsFormProps {
  readonly link: { readonly purpose: string; readonly person: { readonly email: string } | null };
  readonly error: ClientError | null;
  readonly isBusy: boolean;
  readonly onSubmit: (details: LinkDetails) => void;
}

export function LinkDetailsForm({ link, error, isBusy, onSubmit }: LinkDetailsFormProps) {
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const [organization, setOrganization] = useState("");
  const [password, setPassword] = useState("");
  const isOwner = link.purpose === "owner";
  function submit(event: FormEvent) {
    event.preventDefault();
    if (!isOwner) return onSubmit({ password });
    const named = organization.trim() === "" ? {} : { organization_name: organization };
    onSubmit({ name, email, password, ...named });
  }
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      {isOwner ? (
        <>
          <Field label="Name" error={faultOfField(error, "name")}>
            <TextInput
              autoComplete="name"
              required
              autoFocus
              maxLength={100}
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
          </Field>
          <Field
            label="E-mail"
            hint="You sign in with it. Nothing is sent to it."
            error={faultOfField(error, "email")}
          >
            <TextInput
              type="email"
              autoComplete="username"
              required
              maxLength={254}
              value={email}
              onChange={(event) => setEmail(event.target.value)}
            />
          </Field>
          <Field
            label="Organization (optional)"
            hint="Its members see it at the top of every page. It can be changed later."
            error={faultOfField(error, "organization_name")}
          >
            <TextInput
              autoComplete="organization"
              maxLength={100}
              placeholder={name.trim() === "" ? undefined : `Organization of ${name.trim()}`}
              value={organization}
              onChange={(event) => setOrganization(event.target.value)}
            />
          </Field>
        </>
      ) : (
        // For password managers, which want to know whose password it is.
        <input type="hidden" autoComplete="username" value={link.person?.email ?? ""} readOnly />
      )}
      <Field label="Password" hint={NEW_PASSWORD_HINT} error={faultOfField(error, "password")}>
        <NewPasswordInput
          required
          autoFocus={!isOwner}
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
      </Field>
      <Button type="submit" variant="primary" isBusy={isBusy}>
        {isOwner ? "Create owner and sign in" : "Set password and sign in"}
      </Button>
    </form>
  );
}
