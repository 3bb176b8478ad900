/** What was typed and not sent, by the conversation it is for. In memory only: it goes with the tab. */

export interface Draft {
  readonly text: string;
  readonly files: readonly File[];
}

export interface Drafts {
  readonly read: (conversation: string) => Draft | undefined;
  /** One without anything in it is forgotten. */
  readonly keep: (conversation: string, draft: Draft) => void;
}

const MAX_KEPT = 100;

export function createDrafts(): Drafts {
  const drafts = new Map<string, Draft>();
  return {
    read: (conversation) => drafts.get(conversation),
    keep(conversation, draft) {
      drafts.delete(conversation);
      if (draft.text === "" && draft.files.length === 0) return;
      drafts.set(conversation, draft);
      const [oldest] = drafts.keys();
      if (drafts.size > MAX_KEPT && oldest !== undefined) drafts.delete(oldest);
    },
  };
}
