/** Before beside after: what went is struck in red, what came is green, and both carry a sign, not only a colour. */
import { cx } from "../../lib/cx.ts";
import { compareValues, type FieldDifference } from "./difference.ts";

export interface DifferenceTableProps {
  readonly before: Readonly<Record<string, unknown>> | null;
  readonly after: Readonly<Record<string, unknown>> | null;
}

export function DifferenceTable({ before, after }: DifferenceTableProps) {
  const isChange = before !== null && after !== null;
  return (
    <dl className="divide-y divide-line overflow-hidden rounded-lg border border-line bg-raised text-sm">
      {compareValues(before, after).map((difference) => (
        <div
          key={difference.field}
          className="grid gap-x-4 gap-y-1 px-3 py-2 sm:grid-cols-[8rem_minmax(0,1fr)]"
        >
          <dt className="font-mono text-xs leading-5 wrap-anywhere text-ink-soft">{difference.field}</dt>
          <dd className="flex min-w-0 flex-col items-start gap-1">
            <Value difference={difference} isChange={isChange} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Value({
  difference,
  isChange,
}: {
  readonly difference: FieldDifference;
  readonly isChange: boolean;
}) {
  const { before, after, list, isChanged } = difference;
  if (!isChange || !isChanged) return <Text text={after ?? before ?? ""} />;
  if (list !== undefined)
    return (
      <>
        {list.removed.map((word) => (
          <Marked key={word} mark="−" text={word} />
        ))}
        {list.added.map((word) => (
          <Marked key={word} mark="+" text={word} />
        ))}
      </>
    );
  return (
    <>
      {before === undefined ? null : <Marked mark="−" text={before} />}
      {after === undefined ? null : <Marked mark="+" text={after} />}
    </>
  );
}

function Text({ text }: { readonly text: string }) {
  return <span className="font-mono text-xs leading-5 wrap-anywhere text-ink">{text}</span>;
}

function Marked({ mark, text }: { readonly mark: "+" | "−"; readonly text: string }) {
  return (
    <span
      className={cx(
        "max-w-full rounded-sm px-1.5 py-0.5 font-mono text-xs wrap-anywhere",
        mark === "+" ? "bg-ok-soft text-ok-ink" : "bg-danger-soft text-danger-ink",
      )}
    >
      <span aria-hidden>{mark} </span>
      <span className="sr-only">{mark === "+" ? "now " : "before "}</span>
      {text}
    </span>
  );
}
