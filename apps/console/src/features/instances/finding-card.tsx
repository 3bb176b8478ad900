/** One thing that does not fit: the cause, what speaks for it, and the way out, as a button where a click does it. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { TriangleAlert } from "lucide-react";
import { Badge } from "../../components/badge.tsx";
import { Button } from "../../components/button.tsx";
import { CodeBlock } from "../../components/code-block.tsx";
import { CopyableId } from "../../components/copyable-id.tsx";
import { ErrorState } from "../../components/error-state.tsx";
import { MarkedText } from "../../components/marked-text.tsx";
import { RequiresScope } from "../../components/requires-scope.tsx";
import { applyFix } from "../../lib/apply-fix.ts";
import { planFindingFix } from "../../lib/finding-fixes.ts";
import type { Instance } from "../../lib/instance-state.ts";
import type { FixAction } from "../../lib/refusal-fixes.ts";
import { useServices } from "../../lib/services.ts";
import { useMembership } from "../../lib/session.ts";
import { asSentence, joinWords } from "../../lib/words.ts";
import { type Switches, useSetSwitches } from "./use-instance-change.ts";
import { VersionForm } from "./version-form.tsx";

type Finding = Instance["findings"][number];
type Choice = Finding["choices"][number];

const CERTAINTY = { certain: "certain", likely: "likely", "cannot tell": "cannot tell" } as const;

export function FindingCard({
  instance,
  finding,
}: {
  readonly instance: Instance;
  readonly finding: Finding;
}) {
  const { title, code, certainty, evidence, fix, command, choices } = finding;
  return (
    <article className="flex min-w-0 gap-3 rounded-lg border border-line-strong bg-raised p-4">
      <span
        aria-hidden
        className="flex size-6 shrink-0 items-center justify-center rounded-full bg-warn-soft text-warn-ink"
      >
        <TriangleAlert className="size-3.5" />
      </span>
      <div className="flex min-w-0 flex-1 flex-col gap-3 pt-0.5">
        <div className="flex min-w-0 flex-col gap-1">
          <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
            <h3 className="min-w-0 text-sm font-medium text-ink wrap-anywhere">{asSentence(title)}</h3>
            {certainty === "certain" ? null : <Badge>{CERTAINTY[certainty]}</Badge>}
          </div>
          {evidence.length === 0 ? null : (
            <ul className="flex flex-col text-xs text-ink-soft">
              {evidence.map(({ fact, source }) => (
                <li key={`${fact} ${source}`} className="wrap-anywhere">
                  {asSentence(fact).slice(0, -1)} <span className="text-ink-faint">· {source}</span>
                </li>
              ))}
            </ul>
          )}
          {choices.length > 0 ? null : (
            <p className="text-sm text-ink-soft wrap-anywhere">
              <MarkedText text={asSentence(fix)} />
            </p>
          )}
        </div>
        {choices.length === 0 ? <FindingFix instance={instance} finding={finding} /> : null}
        {code === "INSTANCE_VERSION_UNKNOWN" ? <VersionForm instance={instance} /> : null}
        {choices.length === 0 ? null : <Choices instance={instance} choices={choices} />}
        {command === null ? null : <CodeBlock code={command} label="In a terminal" isShell />}
        <CopyableId id={code} label="Code" />
      </div>
    </article>
  );
}

/** What a click here mends, as the refusals plan it; what is left is done on the instance. */
export function FindingFix({
  instance,
  finding,
}: {
  readonly instance: Instance;
  readonly finding: Finding;
}) {
  const services = useServices();
  const queryClient = useQueryClient();
  const organizationId = useMembership().organization.id;
  const apply = useMutation({
    mutationFn: (action: FixAction) => applyFix(services, action, { organizationId, instance }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ["probe", instance.id] }),
  });
  const action = planFindingFix(finding.code, instance);
  if (action === undefined) return null;
  return (
    <>
      <div>
        <RequiresScope scopes={["os:write"]}>
          <Button size="sm" isBusy={apply.isPending} onClick={() => apply.mutate(action)}>
            {action.label}
          </Button>
        </RequiresScope>
      </div>
      {apply.error === null ? null : <ErrorState error={apply.error} isCompact />}
    </>
  );
}

function Choices({
  instance,
  choices,
}: {
  readonly instance: Instance;
  readonly choices: readonly Choice[];
}) {
  const set = useSetSwitches(instance.id);
  return (
    <>
      <ul aria-label="Ways out" className="grid gap-3 lg:grid-cols-2">
        {choices.map((choice) => {
          const switches = switchesOf(choice);
          const isDone =
            switches?.authorization === instance.desired.authorization &&
            switches.security_key === instance.desired.security_key;
          return (
            <li
              key={choice.title}
              className="flex min-w-0 flex-col gap-3 rounded-md border border-line bg-canvas p-3"
            >
              <div className="flex flex-wrap items-center gap-2">
                <h4 className="text-sm font-medium text-ink">{choice.title}</h4>
                {choice.is_preferred ? <Badge tone="accent">Preferred</Badge> : null}
              </div>
              <ol className="flex flex-1 list-decimal flex-col gap-1 pl-4 text-xs text-ink-soft marker:text-ink-faint">
                {choice.steps.map((step) => (
                  <li key={step} className="wrap-anywhere">
                    {asSentence(step)}
                  </li>
                ))}
              </ol>
              <div>
                {switches === undefined ? null : isDone ? (
                  <p className="text-xs text-ink-soft">
                    The switches are set so. The rest is done on the instance.
                  </p>
                ) : (
                  <RequiresScope scopes={["os:write"]}>
                    <Button
                      size="sm"
                      variant={choice.is_preferred ? "primary" : "secondary"}
                      isBusy={set.isPending && set.variables.authorization === switches.authorization}
                      onClick={() => set.mutate(switches)}
                    >
                      {describeSwitching(instance.desired, switches)}
                    </Button>
                  </RequiresScope>
                )}
              </div>
            </li>
          );
        })}
      </ul>
      {set.error === null ? null : (
        <ErrorState error={set.error} title="The switches were not changed" isCompact />
      )}
    </>
  );
}

/** The control plane names two ways out: one with Authorization, one with the key alone. Others are not about the switches. */
function switchesOf({ title }: Choice): Switches | undefined {
  const isTokens = title.includes("Authorization");
  if (!isTokens && !title.includes("security key")) return undefined;
  return { authorization: isTokens, security_key: !isTokens };
}

/** `Switch Authorization on and Security key off`. */
function describeSwitching(from: Switches, to: Switches): string {
  const changes = [
    ...(from.authorization === to.authorization ? [] : [`Authorization ${to.authorization ? "on" : "off"}`]),
    ...(from.security_key === to.security_key ? [] : [`Security key ${to.security_key ? "on" : "off"}`]),
  ];
  return `Switch ${joinWords(changes, "and")}`;
}
