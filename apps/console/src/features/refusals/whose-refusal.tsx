/**
 * Several instances may have made a record of this id, and any of them can say that it has. Each is asked; whose record is
 * looked at is for the person to say, and one that hangs holds up nobody.
 */
import { useQueries } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { PageHeader } from "../../components/page-header.tsx";
import { Status } from "../../components/status.tsx";
import { rowLinkClasses, Table } from "../../components/table.tsx";
import type { Denial } from "../../lib/explain-refusal.ts";
import type { Instance } from "../../lib/instance-state.ts";
import { nameAddress } from "../../lib/lookalikes.ts";
import { clip, countOf } from "../../lib/words.ts";
import { useDenialQuery } from "./use-denials.ts";

interface WhoseRefusalProps {
  readonly denialId: string;
  readonly instances: readonly Instance[];
  /** In the place of it, once none has it. */
  readonly nobody: ReactNode;
}

interface Found {
  readonly instance: Instance;
  readonly denial: Denial;
}

export function WhoseRefusal({ denialId, instances, nobody }: WhoseRefusalProps) {
  const ask = useDenialQuery(denialId);
  const answers = useQueries({ queries: instances.map(ask) });
  const found = instances.flatMap((instance, at): readonly Found[] => {
    const denial = answers[at]?.data ?? null;
    return denial === null ? [] : [{ instance, denial }];
  });
  const waiting = answers.filter(({ isPending }) => isPending).length;
  if (found.length === 0 && waiting === 0) return nobody;
  return (
    <>
      <PageHeader
        title="Whose refusal is it?"
        description={
          <>
            The id <code className="font-mono text-xs text-ink wrap-anywhere">{clip(denialId, 100)}</code>{" "}
            does not say which instance made it. Choose the one that refused you.
          </>
        }
      />
      <Table
        label="Instances that say they have it"
        columns={[
          {
            id: "instance",
            title: "Says that it has the record",
            render: ({ instance }: Found) => (
              <span className="flex min-w-0 flex-col">
                <Link
                  to="/r/$denialId"
                  params={{ denialId }}
                  search={{ instance: instance.id }}
                  className={rowLinkClasses}
                  data-row-link
                >
                  {instance.name}
                </Link>
                <code className="truncate font-mono text-xs text-ink-soft">{nameAddress(instance)}</code>
              </span>
            ),
          },
          {
            id: "route",
            title: "What it says was refused",
            isMinor: true,
            render: ({ denial }: Found) => (
              <code className="font-mono text-xs wrap-anywhere">{clip(denial.route, 120)}</code>
            ),
          },
        ]}
        rows={found}
        empty={null}
        keyOf={({ instance }) => instance.id}
      />
      <output>
        {waiting === 0 ? null : (
          <Status tone="neutral" word={`${countOf(waiting, "instance")} still to answer`} isBusy />
        )}
      </output>
    </>
  );
}
