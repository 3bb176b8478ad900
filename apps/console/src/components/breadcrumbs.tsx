/** Where the page stands. The last one is the page itself: it is never cut for the sake of the others. */
import { Link } from "@tanstack/react-router";
import { ChevronRight } from "lucide-react";
import { Fragment } from "react";
import { cx } from "../lib/cx.ts";

export interface Crumb {
  readonly title: string;
  /** Address of the page. */
  readonly path: string;
}

export function Breadcrumbs({ crumbs }: { readonly crumbs: readonly Crumb[] }) {
  // Where there is little room, the page itself matters more than the organization.
  const isLong = crumbs.length > 2;
  return (
    <nav aria-label="Breadcrumbs" className="min-w-0">
      <ol className="flex min-w-0 items-center gap-1 text-sm">
        {crumbs.map(({ title, path }, at) => (
          <Fragment key={path}>
            {at === 0 ? null : (
              <li
                aria-hidden
                className={cx("shrink-0 text-ink-faint", at === 1 && isLong && "max-sm:hidden")}
              >
                <ChevronRight className="size-3.5" />
              </li>
            )}
            <li
              className={cx(
                "truncate",
                // The others give way first.
                at === crumbs.length - 1 ? "min-w-0" : "min-w-5 shrink-[1000]",
                at === 0 && isLong && "max-sm:hidden",
              )}
            >
              {at === crumbs.length - 1 ? (
                <span aria-current="page" className="font-medium text-ink">
                  {title}
                </span>
              ) : (
                <Link to={path} className="rounded-sm text-ink-soft transition-colors hover:text-ink">
                  {title}
                </Link>
              )}
            </li>
          </Fragment>
        ))}
      </ol>
    </nav>
  );
}
