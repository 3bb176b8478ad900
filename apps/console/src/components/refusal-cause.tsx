/** The cause in one sentence, how sure it is, and its two sides. */

import { cx } from "../lib/cx.ts";
import { compareSides } from "../lib/refusal-sides.ts";
import type { RefusalSession } from "../lib/use-refusal.ts";
import { Badge, type Tone } from "./badge.tsx";
import { Skeleton } from "./skeleton.tsx";

const SURE: Readonly<
  Record<RefusalSession["explanation"]["certainty"], readonly [tone: Tone, word: string]>
> = {
  certain: ["ok", "Certain"],
  likely: ["warn", "Likely"],
  "cannot tell": ["neutral", "Cannot tell for sure"],
};

export function RefusalCause({ session }: { readonly session: RefusalSession }) {
  const { explanation, isExplaining, instance } = session;
  if (isExplaining) return <Skeleton label="Finding the cause" lines={3} />;
  const { cause, certainty, isQuoted, status, route } = explanation;
  const [tone, word] = SURE[certainty];
  const sides = compareSides(explanation, instance);
  return (
    <div className="flex min-w-0 flex-col gap-3">
      <p className="text-lg font-semibold text-ink wrap-anywhere">
        {isQuoted ? (
          <>
            {instance === undefined ? "The server" : "The instance"} refused, and says: “{cause}”
          </>
        ) : (
          cause
        )}
      </p>
      <p className="flex flex-wrap items-center gap-2 text-xs text-ink-soft">
        <Badge tone={tone}>{word}</Badge>
        {route === undefined || instance === undefined ? null : (
          <code className="font-mono wrap-anywhere text-ink">{route}</code>
        )}
        {status === undefined ? <span>no answer</span> : <span>answered {status}</span>}
        <span>by {instance?.name ?? (isQuoted ? "a server that is none of ours" : "the control plane")}</span>
      </p>
      {sides === undefined ? null : (
        <dl className="grid grid-cols-1 overflow-hidden rounded-md border border-line sm:grid-cols-2">
          <Side
            title={`Expected · ${sides.what}`}
            value={sides.expected}
            isCode={sides.isCode && sides.isExpectedInWords !== true}
          />
          <Side title={`Got · ${sides.what}`} value={sides.got} isCode={sides.isCode} isGot />
        </dl>
      )}
    </div>
  );
}

interface SideProps {
  readonly title: string;
  readonly value: string;
  readonly isCode: boolean;
  readonly isGot?: boolean;
}

function Side({ title, value, isCode, isGot = false }: SideProps) {
  return (
    <div
      className={cx(
        "flex min-w-0 flex-col gap-0.5 border-line px-3 py-2",
        isGot ? "border-t bg-danger-soft sm:border-t-0 sm:border-l" : "bg-sunken",
      )}
    >
      <dt className="text-xs text-ink-soft">{title}</dt>
      <dd className={cx("text-ink wrap-anywhere", isCode ? "font-mono text-xs leading-5" : "text-sm")}>
        {value}
      </dd>
    </div>
  );
}
