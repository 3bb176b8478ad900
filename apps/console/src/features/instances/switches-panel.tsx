/** Both switches: what is meant beside what is seen. */
import { FIRST_VERSION_WITH_JWT } from "@agentos/contract";
import { useId } from "react";
import { ErrorState } from "../../components/error-state.tsx";
import { Status } from "../../components/status.tsx";
import { Switch } from "../../components/switch.tsx";
import type { Instance } from "../../lib/instance-state.ts";
import { useMissingScopes } from "../../lib/session.ts";
import { joinWords } from "../../lib/words.ts";
import { describeSwitch, explainVersionGate, type SwitchName } from "./switch-words.ts";
import { useSetSwitches } from "./use-instance-change.ts";

const SWITCHES: readonly { readonly name: SwitchName; readonly label: string; readonly hint: string }[] = [
  {
    name: "authorization",
    label: "Authorization (JWT)",
    hint: "Each person calls with a token of their own, made here for minutes. Their role limits it.",
  },
  {
    name: "security_key",
    label: "Security key",
    hint: "Everybody calls with one secret, which may do everything. No role limits it.",
  },
];

export function SwitchesPanel({ instance }: { readonly instance: Instance }) {
  const set = useSetSwitches(instance.id);
  const missing = useMissingScopes(["os:write"]);
  const id = useId();
  const gate = explainVersionGate(instance, FIRST_VERSION_WITH_JWT);
  return (
    <div className="flex min-w-0 flex-col gap-3">
      <div className="divide-y divide-line overflow-hidden rounded-lg border border-line bg-raised">
        {SWITCHES.map(({ name, label, hint }) => {
          const { seen, tone, note } = describeSwitch(instance, name);
          const isGated = name === "authorization" && gate !== undefined;
          return (
            <div key={name} className="grid gap-x-6 gap-y-3 p-4 sm:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
              <div className="flex min-w-0 flex-col gap-1.5">
                <Switch
                  label={label}
                  hint={hint}
                  isOn={instance.desired[name]}
                  isDisabled={missing !== undefined || isGated || set.isPending}
                  describedBy={missing !== undefined ? id : isGated ? `${id}-gate` : undefined}
                  onChange={(isOn) => set.mutate({ [name]: isOn })}
                />
                {isGated ? (
                  <p id={`${id}-gate`} className="pl-11 text-xs text-warn-ink">
                    {gate}
                  </p>
                ) : null}
              </div>
              <dl className="flex min-w-0 flex-col gap-0.5 pl-11 sm:border-l sm:border-line sm:pl-6">
                <dt className="text-xs text-ink-soft">Seen on the instance</dt>
                <dd className="flex min-w-0 flex-col gap-0.5">
                  <Status tone={tone} word={seen} />
                  <span className="text-xs text-ink-soft">{note}</span>
                </dd>
              </dl>
            </div>
          );
        })}
      </div>
      {missing === undefined ? null : (
        <p id={id} className="text-xs text-ink-soft">
          You see the switches; to set them your role lacks{" "}
          <code className="font-mono">{joinWords(missing.scopes, "and")}</code>. Ask{" "}
          {missing.whoCan ?? "somebody whose role gives it"}.
        </p>
      )}
      {set.error === null ? null : (
        <ErrorState error={set.error} title="The switches were not changed" isCompact />
      )}
    </div>
  );
}
