/** What the record of a refusal holds, beside its cause. */
import type { ReactNode } from "react";
import { type KeyValue, KeyValueList } from "../../components/key-value-list.tsx";
import { RelativeTime } from "../../components/relative-time.tsx";
import { TextLink } from "../../components/text-link.tsx";
import type { Denial } from "../../lib/explain-refusal.ts";
import { asSentence, clip, countOf } from "../../lib/words.ts";
import { isNameOfFact } from "./fact-names.ts";

export interface RefusalSummaryProps {
  readonly denial: Denial;
  readonly names: ReadonlyMap<string, string>;
}

/** Who was refused, and when: above the cause, so that its sentences are about somebody. */
export function RefusalSummary({ denial, names }: RefusalSummaryProps) {
  const { last_seen_at: last, count } = denial;
  const subject = denial.view === "operator" ? denial.subject : undefined;
  const name = names.get(subject ?? "");
  return (
    <p className="flex flex-wrap items-baseline gap-x-2 gap-y-1 text-sm text-ink-soft">
      {subject === undefined ? (
        <span className="text-ink">You</span>
      ) : subject === null ? (
        <span className="text-ink">Somebody not verified</span>
      ) : name === undefined ? (
        <code className="font-mono text-xs text-ink wrap-anywhere">{subject}</code>
      ) : (
        <TextLink to="/members" search={{ member: subject }}>
          {name}
        </TextLink>
      )}
      <span>
        · {count > 1 ? `${countOf(count, "time")}, last ` : ""}
        <RelativeTime seconds={last} />
      </span>
    </p>
  );
}

const MAX_FACTS = 20;
/** In the two sides, and in what was seen. */
const SHOWN_ELSEWHERE = ["held_scopes", "required_scopes", "missing_scopes", "scope_to_add", "suggestion"];

export function RefusalFacts({ denial }: { readonly denial: Denial }) {
  const { count, created_at: first, last_seen_at: last, status } = denial;
  const shared: readonly KeyValue[] = [
    {
      name: "Happened",
      value:
        count === 1 ? (
          <RelativeTime seconds={first} />
        ) : (
          <>
            {countOf(count, "time")}, first <RelativeTime seconds={first} />, last{" "}
            <RelativeTime seconds={last} />
          </>
        ),
    },
    { name: "Answered", value: `${status}: “${clip(denial.detail, 300)}”` },
  ];
  if (denial.view === "caller") return <KeyValueList items={shared} />;
  const facts = Object.entries(denial.facts)
    .filter(([name]) => !SHOWN_ELSEWHERE.includes(name))
    .slice(0, MAX_FACTS)
    .map(
      ([name, value]) => [name, clip(Array.isArray(value) ? value.join(", ") : String(value), 300)] as const,
    );
  const known = facts.filter(([name]) => isNameOfFact(name));
  const others = facts.filter(([name]) => !isNameOfFact(name));
  return (
    <KeyValueList
      items={[
        ...shared,
        { name: "Subject", value: denial.subject === null ? "not verified" : <Code>{denial.subject}</Code> },
        ...(denial.issuer === null ? [] : [{ name: "Issuer", value: <Code>{denial.issuer}</Code> }]),
        ...(denial.client === null ? [] : [{ name: "Client", value: <Code>{denial.client}</Code> }]),
        ...(denial.exact_code === denial.code
          ? []
          : [{ name: "Code that was shown", value: <Code>{denial.code}</Code> }]),
        ...known.map(([name, value]) => ({
          name: asSentence(name.replaceAll("_", " ")).replace(/\.$/, ""),
          value: <Code>{value}</Code>,
        })),
        // Their names are words of the instance, too, and stand in no place of ours.
        ...(others.length === 0
          ? []
          : [
              {
                name: "Other facts",
                value: (
                  <Code>{others.map(([name, value]) => `“${clip(name, 40)}”: ${value}`).join("; ")}</Code>
                ),
              },
            ]),
      ]}
    />
  );
}

function Code({ children }: { readonly children: ReactNode }) {
  return <code className="font-mono text-xs">{children}</code>;
}
