/** One thing that mends a refusal, as the control for it. */
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, type ReactNode, useState } from "react";
import { type FixAction, SCOPES_OF_FIX } from "../lib/refusal-fixes.ts";
import { useServices } from "../lib/services.ts";
import { useMembership } from "../lib/session.ts";
import type { RefusalSession } from "../lib/use-refusal.ts";
import { asSentence, clip } from "../lib/words.ts";
import { Button } from "./button.tsx";
import { CodeBlock } from "./code-block.tsx";
import { Disclosure } from "./disclosure.tsx";
import { Field } from "./field.tsx";
import { QueryView } from "./query-view.tsx";
import { RequiresScope } from "./requires-scope.tsx";
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
  const { action, session } = props;
  switch (action.kind) {
    case "copy":
    case "ask":
      return (
        <div className="w-full min-w-0">
          <CodeBlock label={action.label} code={action.text} isProse={action.kind === "ask"} />
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
    case "enter-security-key":
      return <KeyForm {...props} />;
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
  function submit(event: FormEvent) {
    event.preventDefault();
    if (value.trim() !== "") session.fix(action, value.trim());
  }
  return (
    <form onSubmit={submit} className="flex w-full min-w-0 flex-col items-start gap-2">
      <Field
        label="Security key of the instance"
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

/** In their order. */
function Steps({ steps }: { readonly steps: readonly string[] }) {
  return (
    <ol className="flex list-decimal flex-col gap-1 pl-5 text-sm text-ink-soft marker:text-ink-faint">
      {steps.map((step) => (
        <li key={step} className="wrap-anywhere">
          {asSentence(step)}
        </li>
      ))}
    </ol>
  );
}

/** Lines for the instance, as the control plane writes them for its switches. */
function Configuration({ action, session, isOpen: isOpenAtFirst }: FixControlProps) {
  const { controlPlane } = useServices();
  const { organization } = useMembership();
  const [isOpen, setIsOpen] = useState(isOpenAtFirst);
  const { instance } = session;
  const query = useQuery({
    queryKey: ["instances", organization.id, instance?.id, "configuration"],
    queryFn: ({ signal }) =>
      controlPlane.instances.configuration(
        { parameters: { organization_id: organization.id, instance_id: instance?.id ?? "" } },
        { signal },
      ),
    enabled: isOpen && instance !== undefined,
  });
  if (instance === undefined) return null;
  if (!isOpen) return <Button onClick={() => setIsOpen(true)}>{action.label}</Button>;
  return (
    <div className="flex w-full min-w-0 flex-col gap-2">
      <QueryView query={query} what="the lines for the instance" skeletonLines={3}>
        {({ shell, steps, steps_beyond_lines: beyond }) => (
          <>
            <CodeBlock label={`For the shell of ${instance.name}`} code={shell.join("\n")} isShell />
            <p className="pt-1 text-sm text-ink">Then, on the instance:</p>
            <Steps steps={beyond} />
            <Disclosure title="What these lines do">
              <Steps steps={steps.filter((step) => !beyond.includes(step))} />
            </Disclosure>
          </>
        )}
      </QueryView>
    </div>
  );
}
