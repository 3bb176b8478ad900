/** The security key of an instance, typed by the person: a root credential, in the memory of this tab alone. */
import { useState } from "react";
import { Button } from "../../components/button.tsx";
import { Field } from "../../components/field.tsx";
import { Notice } from "../../components/notice.tsx";
import { SecurityKeyPlace } from "../../components/security-key-place.tsx";
import { TextInput } from "../../components/text-input.tsx";
import type { Instance } from "../../lib/instance-state.ts";
import { useServices } from "../../lib/services.ts";

interface SecurityKeyFormProps {
  readonly instance: Instance;
  readonly onChanged?: () => void;
}

export function SecurityKeyForm(props: SecurityKeyFormProps) {
  // Moved while a key is typed: what was typed was for the address before.
  return <FormForAddress key={props.instance.endpoint} {...props} />;
}

function FormForAddress({ instance, onChanged }: SecurityKeyFormProps) {
  const { instanceClients, queryClient } = useServices();
  const [text, setText] = useState("");
  const [isHeld, setIsHeld] = useState(() => instanceClients.hasSecurityKey(instance));
  const changed = () => {
    setText("");
    setIsHeld(instanceClients.hasSecurityKey(instance));
    void queryClient.invalidateQueries({ queryKey: ["trial", instance.id] });
    onChanged?.();
  };
  return (
    <div className="flex max-w-xl min-w-0 flex-col gap-3">
      {isHeld ? null : (
        <Notice tone="warn" title="A root credential which no role limits">
          Whoever has it may do everything on this instance, and nothing tells who it was. It stays in the
          memory of this tab: a reload forgets it, and the control plane never sees it.
        </Notice>
      )}
      <SecurityKeyPlace instance={instance} />
      <form
        className="flex flex-wrap items-end gap-2"
        onSubmit={(event) => {
          event.preventDefault();
          if (text === "") return;
          instanceClients.rememberSecurityKey(instance, text.trim());
          changed();
        }}
      >
        <div className="min-w-60 flex-1">
          <Field label={`${isHeld ? "Another security" : "Security"} key of ${instance.name}`}>
            <TextInput
              type="password"
              isCode
              value={text}
              onChange={({ target }) => setText(target.value)}
              autoComplete="off"
            />
          </Field>
        </div>
        <Button type="submit" disabled={text === ""}>
          Use the key
        </Button>
      </form>
      {isHeld ? (
        <div className="flex flex-wrap items-center gap-3">
          <p className="text-sm text-ink-soft">
            A key is held in the memory of this tab. It is a root credential which no role limits.
          </p>
          <Button
            size="sm"
            onClick={() => {
              instanceClients.forgetSecurityKey(instance.id);
              changed();
            }}
          >
            Forget the key
          </Button>
        </div>
      ) : null}
    </div>
  );
}
