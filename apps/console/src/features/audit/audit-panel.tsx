/** One change whole: before and after, who, from where, and when to the second. */
import { useNavigate } from "@tanstack/react-router";
import { CodeBlock } from "../../components/code-block.tsx";
import { CopyableId } from "../../components/copyable-id.tsx";
import { Disclosure } from "../../components/disclosure.tsx";
import { KeyValueList } from "../../components/key-value-list.tsx";
import { QueryView } from "../../components/query-view.tsx";
import { RelativeTime } from "../../components/relative-time.tsx";
import { SidePanel } from "../../components/side-panel.tsx";
import { TextLink } from "../../components/text-link.tsx";
import { describeExact } from "../../lib/time-words.ts";
import { type AuditEntry, useAuditEntry } from "./audit-queries.ts";
import type { AuditSearch } from "./audit-search.ts";
import { describeAction, nameActor } from "./audit-words.ts";
import { DifferenceTable } from "./difference-table.tsx";
import { Sentence } from "./sentence.tsx";

export interface AuditPanelProps {
  readonly number: number | undefined;
  readonly filters: Omit<AuditSearch, "entry">;
}

export function AuditPanel({ number, filters }: AuditPanelProps) {
  const navigate = useNavigate();
  const query = useAuditEntry(number);
  return (
    <SidePanel
      title={number === undefined ? "Change" : `Change ${number}`}
      isOpen={number !== undefined}
      onOpenChange={() => void navigate({ to: "/audit", search: filters, resetScroll: false })}
    >
      <QueryView query={query} what="the change">
        {(entry) =>
          entry === null ? (
            <p className="text-sm text-ink-soft">
              This organization has no change of this number: the address is not whole, or it belongs to
              another organization.
            </p>
          ) : (
            <Change entry={entry} />
          )
        }
      </QueryView>
    </SidePanel>
  );
}

function Change({ entry }: { readonly entry: AuditEntry }) {
  const { actor, target, before, after } = entry;
  return (
    <>
      <p className="text-base wrap-anywhere">
        <Sentence entry={entry} />
      </p>
      <KeyValueList
        items={[
          {
            name: "When",
            value: (
              <>
                {describeExact(entry.at)} <span className="text-ink-soft">(</span>
                <RelativeTime seconds={entry.at} />
                <span className="text-ink-soft">)</span>
              </>
            ),
          },
          { name: "Action", value: <CopyableId id={entry.action} /> },
          {
            name: "Who",
            value: (
              <span className="flex flex-col items-start gap-1">
                <span>{nameActor(actor)}</span>
                {actor.person_id === null ? null : (
                  <TextLink to="/audit" search={{ person: actor.person_id }}>
                    All changes by {nameActor(actor)}
                  </TextLink>
                )}
              </span>
            ),
          },
          {
            name: "From",
            value:
              actor.address === null ? (
                <span className="text-ink-soft">
                  {actor.kind === "person" ? "an address that is not known" : "the machine itself"}
                </span>
              ) : (
                <CopyableId id={actor.address} />
              ),
          },
          ...(actor.session_id === null
            ? []
            : [{ name: "Session", value: <CopyableId id={actor.session_id} maxLength={20} /> }]),
          {
            name: "Target",
            value: (
              <span className="flex flex-col items-start gap-1">
                {describeAction(entry).target === undefined ? null : (
                  <span>{target.name ?? target.kind}</span>
                )}
                <CopyableId id={target.id} label={target.kind} maxLength={24} />
                <TextLink to="/audit" search={{ target: target.id }}>
                  All changes to {target.name ?? `this ${target.kind}`}
                </TextLink>
              </span>
            ),
          },
        ]}
      />
      {before === null && after === null ? null : (
        <section className="flex flex-col gap-2">
          <h3 className="text-sm font-semibold text-ink">
            {before === null ? "What is there now" : after === null ? "What was there" : "Before and after"}
          </h3>
          <DifferenceTable before={before} after={after} />
        </section>
      )}
      <Disclosure title="Show as JSON">
        <CodeBlock label="As JSON" code={JSON.stringify(entry, null, 2)} />
      </Disclosure>
    </>
  );
}
