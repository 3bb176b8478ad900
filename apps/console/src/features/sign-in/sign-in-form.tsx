/** E-mail and password. Used by the sign-in page, and above a page whose session has ended. */
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Button } from "../../components/button.tsx";
import { ErrorState } from "../../components/error-state.tsx";
import { Field } from "../../components/field.tsx";
import { TextInput } from "../../components/text-input.tsx";
import { findRightAddress } from "../../lib/right-address.ts";
import { useServices } from "../../lib/services.ts";
import type { SignedIn } from "../../lib/session.ts";

export interface SignInFormProps {
  readonly onSignedIn: (signedIn: SignedIn) => void;
  /** Of who was signed in before. */
  readonly knownEmail?: string;
}

export function SignInForm({ onSignedIn, knownEmail = "" }: SignInFormProps) {
  const { controlPlane } = useServices();
  const [email, setEmail] = useState(knownEmail);
  const [password, setPassword] = useState("");
  const signIn = useMutation({
    mutationFn: () => controlPlane.signIn.password({ body: { email, password } }),
    meta: { knowsSessionOver: true },
    onSuccess: onSignedIn,
  });
  function submit(event: FormEvent) {
    event.preventDefault();
    signIn.mutate();
  }
  const rightAddress = findRightAddress(signIn.error, window.location.pathname + window.location.search);
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      {signIn.error === null ? null : (
        <ErrorState
          error={signIn.error}
          isCompact
          action={
            rightAddress === undefined ? undefined : (
              <a href={rightAddress} className="rounded-sm text-sm font-medium text-accent-ink underline">
                Open the right address
              </a>
            )
          }
        />
      )}
      <Field label="E-mail">
        <TextInput
          type="email"
          autoComplete="username"
          required
          autoFocus={knownEmail === ""}
          value={email}
          onChange={(event) => setEmail(event.target.value)}
        />
      </Field>
      <Field label="Password">
        <TextInput
          type="password"
          autoComplete="current-password"
          required
          maxLength={128}
          autoFocus={knownEmail !== ""}
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
      </Field>
      <Button type="submit" variant="primary" isBusy={signIn.isPending}>
        Sign in
      </Button>
    </form>
  );
}
