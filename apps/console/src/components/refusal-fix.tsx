/** One thing that mends a refusal, as the control for it. */
import { type FormEvent, type ReactNode, useState } from "react";
import { type FixAction, SCOPES_OF_FIX } from "../lib/refusal-fixes.ts";
import type { RefusalSession } from "../lib/use-refusal.ts";
import { Button, ButtonLink } from "./button.tsx";
import { CodeBlock } from "./code-block.tsx";
import { ConfigurationPanel } from "./configuration-panel.tsx";
import { CopyTextButton } from "./copy-button.tsx";
import { Field } from "./field.tsx";
import { RequiresScope } from "./requires-scope.tsx";
import { TextInput } from "./text-input.tsx";

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
          <CodeBlock label={action.label} code={action.text} isProse={action.kind === "ask"} />
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
        <ButtonLink
          to="/i/$instanceId/instance"
          params={{ instanceId: session.instance.id }}
          search={action.tab === "switches" ? {} : { tab: action.tab }}
        >
          {action.label}
        </ButtonLink>
      );
    case "enter-security-key":
      return (
        <TypedFix
          {...props}
          name="Security key of the instance"
          description="A root credential that no role limits. It stays in the memory of this tab."
          isSecret
        />
      );
    case "state-version":
      return (
        <TypedFix
          {...props}
          name="Version of the AgentOS"
          description="As `pip show agno` prints it there."
        />
      );
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
        isBusy={session.fixing === action || (session.fixed === action && session.state === "trying")}
      >
        {action.label}
      </Button>
    </RequiresScope>
  );
}

interface TypedFixProps extends FixControlProps {
  readonly name: string;
  readonly description: string;
  readonly isSecret?: boolean;
}

function TypedFix({ action, session, isPrimary, name, description, isSecret = false }: TypedFixProps) {
  const [value, setValue] = useState("");
  function submit(event: FormEvent) {
    event.preventDefault();
    if (value.trim() !== "") session.fix(action, value.trim());
  }
  return (
    <form onSubmit={submit} className="flex w-full min-w-0 flex-col items-start gap-2">
      <Field label={name} hint={description}>
        <TextInput
          isCode
          type={isSecret ? "password" : "text"}
          autoComplete="off"
          value={value}
          onChange={(event) => setValue(event.target.value)}
        />
      </Field>
      <RequiresScope scopes={SCOPES_OF_FIX[action.kind] ?? []}>
        <Button
          type="submit"
          variant={isPrimary ? "primary" : "secondary"}
          isBusy={session.fixing !== undefined || session.state === "trying"}
          disabled={value.trim() === ""}
        >
          {action.label}
        </Button>
      </RequiresScope>
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
