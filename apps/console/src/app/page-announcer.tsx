/** For who does not see that another page came: its name is said, and the keyboard goes on at its beginning. */
import { useRouterState } from "@tanstack/react-router";
import { useEffect, useRef } from "react";

export function PageAnnouncer({ title }: { readonly title: string | undefined }) {
  // Of the page that is shown. The address runs ahead of it: what had the focus is still there then, and leaves with it.
  const pathname = useRouterState({ select: ({ resolvedLocation }) => resolvedLocation?.pathname });
  const before = useRef(pathname);
  useEffect(() => {
    if (before.current === pathname) return;
    before.current = pathname;
    const page = document.querySelector<HTMLElement>("#page");
    // A field of the new page that has taken the focus keeps it.
    if (page === null || page.contains(document.activeElement)) return;
    // A layer that is closing brings the focus back itself, to this page.
    if (document.activeElement?.closest("[role=dialog]") !== null) return;
    page.focus({ preventScroll: true });
  }, [pathname]);
  return (
    <div aria-live="polite" className="sr-only">
      {title}
    </div>
  );
}
