/** Bar, breadcrumbs and page. */
import { Outlet } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { RefusalArea } from "../components/refusal-area.tsx";
import { CurrentInstanceProvider, useInstanceAtHand } from "../lib/current-instance.ts";
import { cx } from "../lib/cx.ts";
import { useMediaQuery } from "../lib/media-query.ts";
import { useServices } from "../lib/services.ts";
import { useSignInNeed } from "../lib/session-watch.ts";
import { CommandMenu } from "./command-menu.tsx";
import { useCrumbs } from "./crumbs.ts";
import { PageAnnouncer } from "./page-announcer.tsx";
import { SessionEnded } from "./session-ended.tsx";
import { SideBar } from "./side-bar.tsx";
import { TopBar } from "./top-bar.tsx";

/** What it asks comes first, and what is typed in it stays: ⌘K leads to no other page meanwhile. */
const OPEN_DIALOG = '[role="dialog"][data-open]';

export function Shell() {
  const [isFolded, setIsFolded] = useState(false);
  const [isDrawerOpen, setIsDrawerOpen] = useState(false);
  const [isPaletteOpen, setIsPaletteOpen] = useState(false);
  const isNarrow = useMediaQuery("(max-width: 767px)");
  const isAskedToSignIn = useSignInNeed(useServices().sessionWatch) !== "none";
  const crumbs = useCrumbs();
  const title = crumbs.at(-1)?.title;

  useEffect(() => {
    document.title = title === undefined ? "AgentOS" : `${title} · AgentOS`;
  }, [title]);
  useEffect(() => {
    function onKey(event: KeyboardEvent) {
      if (event.key.toLowerCase() !== "k" || !(event.metaKey || event.ctrlKey) || event.altKey) return;
      event.preventDefault();
      const isTaken = document.querySelector(OPEN_DIALOG) !== null;
      setIsPaletteOpen((isOpen) => !isOpen && !isTaken);
    }
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);

  return (
    <CurrentInstanceProvider value={useInstanceAtHand()}>
      <div
        className={cx(
          "grid min-h-dvh grid-cols-1",
          isFolded ? "md:grid-cols-[3.5rem_minmax(0,1fr)]" : "md:grid-cols-[14.5rem_minmax(0,1fr)]",
        )}
      >
        <a
          href="#page"
          className="sr-only z-50 rounded-md bg-accent px-3 py-2 font-medium text-on-accent focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
        >
          Skip to the page
        </a>
        <SideBar
          isFolded={isFolded && !isNarrow}
          isDrawer={isNarrow}
          isDrawerOpen={isDrawerOpen}
          onDrawerOpenChange={setIsDrawerOpen}
          onSearch={() => setIsPaletteOpen(true)}
        />
        <div className="flex min-w-0 flex-col">
          <TopBar
            crumbs={crumbs}
            toggleLabel={isNarrow ? "Open the navigation" : isFolded ? "Unfold the bar" : "Fold the bar"}
            onToggle={() => (isNarrow ? setIsDrawerOpen(true) : setIsFolded((before) => !before))}
          />
          <main
            id="page"
            tabIndex={-1}
            className="mx-auto flex w-full max-w-5xl min-w-0 flex-1 flex-col gap-6 px-4 py-6 outline-none sm:px-8 sm:py-8 has-data-fills:h-[calc(100dvh-3rem)] has-data-fills:min-h-96 has-data-fills:max-w-none has-data-fills:flex-none has-data-fills:gap-0 has-data-fills:p-0"
          >
            <RefusalArea>
              <Outlet />
            </RefusalArea>
          </main>
        </div>
        <PageAnnouncer title={title} />
        <CommandMenu isOpen={isPaletteOpen && !isAskedToSignIn} onOpenChange={setIsPaletteOpen} />
        <SessionEnded />
      </div>
    </CurrentInstanceProvider>
  );
}
