/** One thing that mends a refusal, as the control for it. */
import { type FormEvent, type ReactNode, useState } from "react";
import { type FixAction, SCOPES_OF_FIX } from "../lib/refusal-fixes.ts";
import type { RefusalSession } from "../lib/use-refusal.ts";
import { clip } from "../lib/words.ts";
import { Button } from "./button.tsx";
import { CodeBlock } from "./code-block.tsx";
import { ConfigurationPanel } from "./configuration-panel.tsx";
import { CopyTextButton } from "./copy-button.tsx";
import { Field } from "./field.tsx";
import { RequiresScope } from "./requires-scope.tsx";
import { SecurityKeyPlace } from "./security-key-place.tsx";
import { TextInput } from "./text-input.tsx";
import { TextLink } from "./text-link.tsx";

export interface FixControlProps {
  readonly action: FixAction;
  readonly session: RefusalSession;
  readonly isPrimary: boolean;
  /** What has lines to show shows them at once. */
  readonly isOpen: boolean;
}

export function FixControl(props: FixControlProps): ReactNode {
  const { action, session, isPrimary } = props;
  switch (action.kind) {
    case "copy":
    case "ask":
      return (
        <div className="flex w-full min-w-0 flex-col items-start gap-2">
          <CodeBlock label={action.label} code={action.text} isProse={action.kind === "ask"} isCopiedBeside />
          <CopyTextButton
            text={action.text}
            label={action.kind === "ask" ? "Copy the message" : "Copy the line"}
            variant={isPrimary ? "primary" : "secondary"}
          />
        </div>
      );
    case "show-configuration":
      return <Configuration {...props} />;
    case "open-instance":
      return session.instance === undefined ? null : (
        <TextLink
          className="py-1.5 text-sm"
          to="/i/$instanceId/instance"
          params={{ instanceId: session.instance.id }}
          search={action.tab === "switches" ? {} : { tab: action.tab }}
        >
          {action.label} of {clip(session.instance.name, 40)}
        </TextLink>
      );
    case "open-member":
      return (
        <TextLink className="py-1.5 text-sm" to="/members" search={{ member: action.personId }}>
          {action.label}
        </TextLink>
      );
    case "enter-security-key":
      // Moved while a key is typed: what was typed was for the address before.
      return <KeyForm key={session.instance?.endpoint} {...props} />;
    default:
      return <FixButton {...props} />;
  }
}

function FixButton({ action, session, isPrimary }: FixControlProps) {
  return (
    <RequiresScope scopes={SCOPES_OF_FIX[action.kind] ?? []}>
      <Button
        variant={isPrimary ? "primary" : "secondary"}
        onClick={() => session.fix(action)}
        isBusy={
          isSame(session.fixing, action) || (isSame(session.fixed, action) && session.state === "trying")
        }
      >
        {action.label}
      </Button>
    </RequiresScope>
  );
}

/** Actions are planned anew with each look. */
const isSame = (one: FixAction | undefined, other: FixAction) =>
  one?.kind === other.kind && one.label === other.label;

function KeyForm({ action, session, isPrimary }: FixControlProps) {
  const [value, setValue] = useState("");
  const { instance } = session;
  if (instance === undefined) return null;
  function submit(event: FormEvent) {
    event.preventDefault();
    if (value.trim() !== "") session.fix(action, value.trim());
  }
  return (
    <form onSubmit={submit} className="flex w-full min-w-0 flex-col items-start gap-2">
      <SecurityKeyPlace instance={instance} />
      <Field
        label={`Security key of ${clip(instance.name, 60)}`}
        hint="A root credential that no role limits. It stays in the memory of this tab."
      >
        <TextInput
          isCode
          type="password"
          autoComplete="off"
          value={value}
          onChange={(event) => setValue(event.target.value)}
        />
      </Field>
      <Button
        type="submit"
        variant={isPrimary ? "primary" : "secondary"}
        isBusy={session.fixing !== undefined || session.state === "trying"}
        disabled={value.trim() === ""}
      >
        {action.label}
      </Button>
    </form>
  );
}

/** Lines for the instance, as the control plane writes them for its switches. */
function Configuration({ action, session, isPrimary, isOpen: isOpenAtFirst }: FixControlProps) {
  const [isOpen, setIsOpen] = useState(isOpenAtFirst);
  const { instance } = session;
  if (instance === undefined) return null;
  if (!isOpen) return <Button onClick={() => setIsOpen(true)}>{action.label}</Button>;
  return <ConfigurationPanel instance={instance} isPrimary={isPrimary} />;
}
