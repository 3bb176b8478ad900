/** What speaks for the cause, which checks the request went through, and the ids to pass on. */

import type { ReactNode } from "react";
import { listChecks } from "../lib/refusal-checks.ts";
import type { RefusalSession } from "../lib/use-refusal.ts";
import { asSentence } from "../lib/words.ts";
import { CopyableId } from "./copyable-id.tsx";
import { Disclosure } from "./disclosure.tsx";
import { TextLink } from "./text-link.tsx";
import { Timeline } from "./timeline.tsx";

interface RefusalDetailsProps {
  readonly session: RefusalSession;
  readonly hasNoPageLink: boolean;
}

export function RefusalDetails({ session, hasNoPageLink }: RefusalDetailsProps) {
  const { explanation, isExplaining, instance } = session;
  if (isExplaining) return null;
  const { evidence, others, code, denialId, denial } = explanation;
  const { isRecorded, steps } = listChecks(explanation);
  return (
    <div className="flex min-w-0 flex-col gap-4 border-t border-line pt-4">
      {evidence.length === 0 ? null : (
        <Part title="What was seen">
          <ul className="flex flex-col gap-1 text-sm">
            {evidence.map(({ fact, source }) => (
              <li key={`${fact} ${source}`} className="flex flex-wrap items-baseline gap-x-2">
                <span className="min-w-0 text-ink wrap-anywhere">{asSentence(fact)}</span>
                <span className="text-xs text-ink-soft">from {source}</span>
              </li>
            ))}
          </ul>
        </Part>
      )}
      {instance === undefined ? null : (
        <Part title={isRecorded ? "Checks (recorded by the instance)" : "Checks (inferred from the answer)"}>
          <Timeline
            isDense
            label="Checks of the request"
            steps={steps.map(({ detail, ...step }) => (detail === undefined ? step : { ...step, detail }))}
          />
        </Part>
      )}
      {others.length === 0 ? null : (
        <Disclosure title={`What else it may be (${others.length})`}>
          <ul className="flex flex-col gap-2 text-sm">
            {others.map(({ code: otherCode, title, certainty }) => (
              <li key={otherCode} className="flex flex-col gap-0.5">
                <span className="text-ink wrap-anywhere">{asSentence(title)}</span>
                <span className="flex flex-wrap gap-x-2 text-xs text-ink-soft">
                  <code className="font-mono">{otherCode}</code> {certainty}
                </span>
              </li>
            ))}
          </ul>
        </Disclosure>
      )}
      {code === undefined && denialId === undefined ? null : (
        <div className="flex min-w-0 flex-wrap items-center gap-x-4 gap-y-1">
          {denialId === undefined ? null : <CopyableId id={denialId} label="Denial id" />}
          {code === undefined ? null : <CopyableId id={code} label="Code" />}
          {denial === undefined || denial.code === code ? null : (
            <CopyableId id={denial.code} label="Recorded as" />
          )}
          {hasNoPageLink || denialId === undefined || instance === undefined ? null : (
            <TextLink
              to="/r/$denialId"
              params={{ denialId }}
              search={{ instance: instance.id }}
              className="text-xs"
            >
              Open as a page
            </TextLink>
          )}
        </div>
      )}
    </div>
  );
}

function Part({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <div className="flex min-w-0 flex-col gap-2">
      <h3 className="text-xs font-medium text-ink-soft">{title}</h3>
      {children}
    </div>
  );
}
