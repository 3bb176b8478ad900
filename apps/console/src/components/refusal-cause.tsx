/** The cause in one sentence, how sure it is, and its two sides. */

import { cx } from "../lib/cx.ts";
import { compareSides, type Sides } from "../lib/refusal-sides.ts";
import type { RefusalSession } from "../lib/use-refusal.ts";
import { Badge } from "./badge.tsx";
import { CopyableId } from "./copyable-id.tsx";
import { Skeleton } from "./skeleton.tsx";

const SURE: Readonly<Record<RefusalSession["explanation"]["certainty"], string>> = {
  certain: "Cause certain",
  likely: "Cause likely",
  "cannot tell": "Cause not certain",
};

export function CauseCertainty({ session }: { readonly session: RefusalSession }) {
  return <Badge>{SURE[session.explanation.certainty]}</Badge>;
}

/** The cause in words; what a server says that is not ours is quoted. */
export function describeCause({ explanation, instance }: RefusalSession): string {
  const { cause, fix, isQuoted } = explanation;
  if (!isQuoted) return cause;
  const who = instance === undefined ? "The server" : "The instance";
  return `${who} refused, and says${fix === undefined ? " only" : ""}: “${cause}”`;
}

interface RefusalCauseProps {
  readonly session: RefusalSession;
  /** It is the title of the page. */
  readonly isTitle?: boolean;
}

export function RefusalCause({ session, isTitle = false }: RefusalCauseProps) {
  const { explanation, isExplaining, instance } = session;
  if (isExplaining) return <Skeleton label="Finding the cause" lines={3} />;
  const { status, route, isQuoted } = explanation;
  const sides = compareSides(explanation, instance);
  if (isTitle && sides === undefined) return null;
  return (
    <div className="flex min-w-0 flex-col gap-3">
      {isTitle ? null : (
        <>
          <p className="text-lg font-semibold text-ink wrap-anywhere">{describeCause(session)}</p>
          <p className="flex flex-wrap items-center gap-2 text-xs text-ink-soft">
            {route === undefined || instance === undefined ? null : (
              <code className="font-mono wrap-anywhere text-ink">{route}</code>
            )}
            {status === undefined ? <span>no answer</span> : <span>answered {status}</span>}
            <span>
              by {instance?.name ?? (isQuoted ? "a server that is none of ours" : "the control plane")}
            </span>
            <CauseCertainty session={session} />
          </p>
        </>
      )}
      {sides === undefined ? null : (
        <dl className="grid grid-cols-1 overflow-hidden rounded-md border border-line sm:grid-cols-2">
          <Side title={`${sides.what}: the instance expects`} value={sides.expected} look={sides.look} />
          <Side title={`${sides.what}: it was sent`} value={sides.got} look={sides.look} isGot />
        </dl>
      )}
    </div>
  );
}

interface SideProps {
  readonly title: string;
  readonly value: string;
  readonly look: Sides["look"];
  readonly isGot?: boolean;
}

function Side({ title, value, look, isGot = false }: SideProps) {
  return (
    <div
      className={cx(
        "flex min-w-0 flex-col gap-0.5 border-line px-3 py-2",
        isGot ? "border-t bg-danger-soft sm:border-t-0 sm:border-l" : "bg-sunken",
      )}
    >
      <dt className="text-xs text-ink-soft">{title}</dt>
      {look === "id" ? (
        <dd className="flex min-w-0 flex-col items-start">
          {value.split(", ").map((id) => (
            <CopyableId key={id} id={id} maxLength={24} />
          ))}
        </dd>
      ) : (
        <dd
          className={cx(
            "text-ink wrap-anywhere",
            look === "code" ? "font-mono text-xs leading-5" : "text-sm",
          )}
        >
          {value}
        </dd>
      )}
    </div>
  );
}
