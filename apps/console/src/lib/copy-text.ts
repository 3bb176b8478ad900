/** Copying, with a word on whether it worked. */
import { useEffect, useState } from "react";
import { dropControls } from "./hidden-text.ts";

export interface Copying {
  readonly state: "idle" | "copied" | "failed";
  readonly copy: (text: string) => void;
}

/** What is copied may be a stranger's, and is pasted into a terminal: keys that it would press are left out. Plain `http` beyond this machine is no secure context, and has no clipboard: that is said, not hidden. */
export function useCopying(): Copying {
  const [state, setState] = useState<Copying["state"]>("idle");
  useEffect(() => {
    if (state === "idle") return undefined;
    const timer = setTimeout(() => setState("idle"), 2_000);
    return () => clearTimeout(timer);
  }, [state]);
  return {
    state,
    copy(text) {
      // The type does not know pages without a clipboard.
      const clipboard = navigator.clipboard as Clipboard | undefined;
      if (clipboard === undefined) setState("failed");
      else
        clipboard.writeText(dropControls(text)).then(
          () => setState("copied"),
          () => setState("failed"),
        );
    },
  };
}
