/** E-mail and password. Used by the sign-in page, and above a page whose session has ended. */
import { AgentOSRefusal } from "@agentos/client";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useEffect, useId, useState } from "react";
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

/** After too many attempts an early one only fails again. */
function secondsToWait(error: unknown): number {
  return error instanceof AgentOSRefusal && error.status === 429
    ? Math.min(Math.ceil(error.retryAfterSeconds ?? 0), 600)
    : 0;
}

export function SignInForm({ onSignedIn, knownEmail = "" }: SignInFormProps) {
  const { controlPlane, otherTabs } = useServices();
  const [email, setEmail] = useState(knownEmail);
  const [password, setPassword] = useState("");
  const [secondsLeft, setSecondsLeft] = useState(0);
  const signIn = useMutation({
    mutationFn: () => controlPlane.signIn.password({ body: { email, password } }),
    meta: { knowsSessionOver: true },
    onSuccess(signedIn) {
      otherTabs.tell({ kind: "signed-in", personId: signedIn.person.id });
      onSignedIn(signedIn);
    },
    onError: (error) => setSecondsLeft(secondsToWait(error)),
  });
  const id = useId();
  useEffect(() => {
    if (secondsLeft === 0) return undefined;
    const timer = setTimeout(() => setSecondsLeft(secondsLeft - 1), 1_000);
    return () => clearTimeout(timer);
  }, [secondsLeft]);
  function submit(event: FormEvent) {
    event.preventDefault();
    if (secondsLeft === 0) signIn.mutate();
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
          onChange={(event) => {
            setEmail(event.target.value);
            // Another account may not have to wait.
            setSecondsLeft(0);
          }}
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
      <Button
        type="submit"
        variant="primary"
        isBusy={signIn.isPending}
        disabled={secondsLeft > 0}
        aria-describedby={secondsLeft > 0 ? `${id}-wait` : undefined}
      >
        {secondsLeft > 0 ? `Sign in (${secondsLeft} s)` : "Sign in"}
      </Button>
      {secondsLeft > 0 ? (
        <span id={`${id}-wait`} className="sr-only">
          After too many failed attempts, the next one has to wait.
        </span>
      ) : null}
    </form>
  );
}
