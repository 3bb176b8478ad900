/** The message that is being written. It waits in memory while another conversation is open, and survives no reload. */
import { useEffect, useMemo, useRef, useState } from "react";
import type { Draft } from "../../lib/drafts.ts";
import { useServices } from "../../lib/services.ts";

const EMPTY: Draft = { text: "", files: [] };

export interface HeldDraft extends Draft {
  readonly setText: (text: string) => void;
  readonly setFiles: (files: readonly File[]) => void;
  readonly clear: () => void;
}

/** `conversation` changes when a new one gets its session: what is written moves along. `given` comes with the address. */
export function useDraft(conversation: string, given: string | undefined): HeldDraft {
  const { drafts } = useServices();
  const [draft, setDraft] = useState<Draft>(() =>
    given === undefined ? (drafts.read(conversation) ?? EMPTY) : { text: given, files: [] },
  );
  const before = useRef(conversation);
  useEffect(() => {
    if (before.current !== conversation) drafts.keep(before.current, EMPTY);
    before.current = conversation;
    drafts.keep(conversation, draft);
  }, [drafts, conversation, draft]);
  const changes = useMemo(
    () => ({
      setText: (text: string) => setDraft((held) => ({ ...held, text })),
      setFiles: (files: readonly File[]) => setDraft((held) => ({ ...held, files })),
      clear: () => setDraft(EMPTY),
    }),
    [],
  );
  return { ...draft, ...changes };
}
