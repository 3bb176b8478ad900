/** One thing that does not fit: the cause, what speaks for it, and the way out, as a button where a click does it. */
import { useMutation } from "@tanstack/react-query";
import { TriangleAlert } from "lucide-react";
import { Badge } from "../../components/badge.tsx";
import { Button } from "../../components/button.tsx";
import { CodeBlock } from "../../components/code-block.tsx";
import { CopyableId } from "../../components/copyable-id.tsx";
import { ErrorState } from "../../components/error-state.tsx";
import { MarkedText } from "../../components/marked-text.tsx";
import { RequiresScope } from "../../components/requires-scope.tsx";
import { GuardNote, WaysOut } from "../../components/ways-out.tsx";
import { applyFix } from "../../lib/apply-fix.ts";
import type { Finding } from "../../lib/explain-refusal.ts";
import type { Instance } from "../../lib/instance-state.ts";
import { type ButtonAction, planFindingFix, SCOPES_OF_FIX } from "../../lib/refusal-fixes.ts";
import { useServices } from "../../lib/services.ts";
import { useMembership } from "../../lib/session.ts";
import { warnOfGuard } from "../../lib/ways-out.ts";
import { asSentence } from "../../lib/words.ts";
import { VersionForm } from "./version-form.tsx";

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
            {certainty === "certain" ? null : <Badge>{certainty}</Badge>}
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
        <FindingFix instance={instance} finding={finding} />
        {code === "INSTANCE_VERSION_UNKNOWN" ? <VersionForm instance={instance} /> : null}
        {command === null ? null : <CodeBlock code={command} label="In a terminal" isShell />}
        <CopyableId id={code} label="Code" />
      </div>
    </article>
  );
}

/** What a click here does about it, as for a refusal of the same cause. */
export function FindingFix({
  instance,
  finding: { code, choices, evidence },
}: {
  readonly instance: Instance;
  readonly finding: Finding;
}) {
  const services = useServices();
  const organizationId = useMembership().organization.id;
  const apply = useMutation({
    mutationFn: (action: ButtonAction) => applyFix(services, action, { organizationId, instance }),
    onSuccess: () => services.queryClient.invalidateQueries({ queryKey: ["probe", instance.id] }),
  });
  const renderFix = (action: ButtonAction, isPrimary = false) => (
    <RequiresScope scopes={SCOPES_OF_FIX[action.kind] ?? []}>
      <Button
        size="sm"
        variant={isPrimary ? "primary" : "secondary"}
        isBusy={apply.isPending && apply.variables.label === action.label}
        onClick={() => apply.mutate(action)}
      >
        {action.label}
      </Button>
    </RequiresScope>
  );
  const fix = planFindingFix(code, instance);
  return (
    <>
      {choices.length > 0 ? (
        <WaysOut choices={choices} evidence={evidence} instance={instance} renderFix={renderFix} />
      ) : fix === undefined ? null : (
        <div className="flex flex-col items-start gap-2">
          <GuardNote text={warnOfGuard(fix, instance, evidence)} />
          {renderFix(fix)}
        </div>
      )}
      {apply.error === null ? null : (
        <ErrorState error={apply.error} title="This could not be done" isCompact />
      )}
    </>
  );
}
