/** Facts about one thing, by name. */
import { Fragment, type ReactNode } from "react";

export interface KeyValue {
  readonly name: string;
  readonly value: ReactNode;
}

export function KeyValueList({ items }: { readonly items: readonly KeyValue[] }) {
  return (
    <dl className="grid content-start grid-cols-1 gap-x-6 gap-y-1 text-sm sm:grid-cols-[minmax(8rem,max-content)_minmax(0,1fr)] sm:gap-y-2.5">
      {items.map(({ name, value }) => (
        <Fragment key={name}>
          <dt className="text-ink-soft">{name}</dt>
          <dd className="mb-2 min-w-0 text-ink wrap-anywhere sm:mb-0">{value}</dd>
        </Fragment>
      ))}
    </dl>
  );
}
