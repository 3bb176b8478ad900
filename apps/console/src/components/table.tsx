/** Quiet rows. A row that leads somewhere holds one link, which the whole row then is. */
import { type ReactNode, useCallback, useState } from "react";
import { cx } from "../lib/cx.ts";

export interface Column<Row> {
  readonly id: string;
  readonly title: string;
  readonly render: (row: Row) => ReactNode;
  /** Shown where there is little room, with less space around. */
  readonly shortTitle?: string;
  /** The title is said, not shown. */
  readonly isTitleHidden?: boolean;
  /** Not shown where there is little room. */
  readonly isMinor?: boolean;
  readonly align?: "start" | "center" | "end";
  /** A utility such as `w-40`; the table then has fixed widths, and columns without one share the rest. */
  readonly width?: string;
}

export interface TableProps<Row> {
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  /** Stands in the place of the rows while there are none. */
  readonly empty?: ReactNode;
}

export function Table<Row>({ label, columns, rows, keyOf, empty }: TableProps<Row>) {
  const [isWide, watch] = useIsWide();
  if (rows.length === 0 && empty !== undefined) return empty;
  // What scrolls has to be reachable by keyboard.
  const scrolling = isWide ? { tabIndex: 0, role: "region", "aria-label": `${label}, scrolls sideways` } : {};
  return (
    <div
      ref={watch}
      {...scrolling}
      className="min-w-0 overflow-x-auto rounded-lg border border-line bg-raised"
    >
      <table
        aria-label={label}
        className={cx(
          "w-full border-collapse text-left text-sm",
          columns.some(({ width }) => width !== undefined) && "table-fixed",
        )}
      >
        <thead>
          <tr className="border-b border-line bg-sunken">
            {columns.map((column) => (
              <th
                key={column.id}
                scope="col"
                className={cx(
                  "h-8 whitespace-nowrap px-3 text-xs font-medium text-ink-soft first:pl-4 last:pr-4",
                  lookOf(column),
                  column.width,
                )}
              >
                <ColumnTitle column={column} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="divide-y divide-line">
          {rows.map((row) => (
            <tr
              key={keyOf(row)}
              className="relative transition-colors hover:bg-sunken has-[a[data-row-link]:focus-visible]:bg-sunken"
            >
              {columns.map((column) => (
                <td key={column.id} className={cx("h-10 px-3 py-1.5 first:pl-4 last:pr-4", lookOf(column))}>
                  {column.render(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function ColumnTitle<Row>({
  column: { title, shortTitle, isTitleHidden },
}: {
  readonly column: Column<Row>;
}) {
  if (isTitleHidden === true) return <span className="sr-only">{title}</span>;
  if (shortTitle === undefined) return title;
  return (
    <>
      <span className="sm:hidden">{shortTitle}</span>
      <span className="hidden sm:inline">{title}</span>
    </>
  );
}

/** Whether an element holds more than it has room for. */
function useIsWide(): readonly [
  isWide: boolean,
  watch: (element: HTMLElement | null) => (() => void) | undefined,
] {
  const [isWide, setIsWide] = useState(false);
  const watch = useCallback((element: HTMLElement | null) => {
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => setIsWide(element.scrollWidth > element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [isWide, watch];
}

/** For the link of a row: its area is the row. Other controls of the row need `relative z-1`. */
export const rowLinkClasses = "font-medium text-ink after:absolute after:inset-0";

function lookOf<Row>({ isMinor, align, shortTitle }: Column<Row>): string {
  return cx(
    shortTitle !== undefined && "max-sm:px-1.5",
    isMinor === true && "hidden md:table-cell",
    align === "end" && "text-right",
    align === "center" && "text-center",
  );
}
