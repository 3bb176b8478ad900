/**
 * Tabs of one browser share one sign-in: what one of them does to it, the others have to know at once. They tell each other
 * who is signed in now, and nothing else.
 */
const CHANNEL = "agentos-console";

export type TabNews =
  | { readonly kind: "signed-out" }
  | { readonly kind: "signed-in"; readonly personId: string };

export interface OtherTabs {
  readonly tell: (news: TabNews) => void;
  /** Gives what ends it. */
  readonly listen: (listener: (news: TabNews) => void) => () => void;
}

/** A `BroadcastChannel`. */
interface Channel extends Pick<EventTarget, "addEventListener" | "removeEventListener"> {
  readonly postMessage: (message: unknown) => void;
}

export function createOtherTabs(channel: Channel = new BroadcastChannel(CHANNEL)): OtherTabs {
  return {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel reaches its own origin alone
    tell: (news) => channel.postMessage(news),
    listen(listener) {
      const hear = (event: Event) => {
        const news = readNews("data" in event ? event.data : undefined);
        if (news !== undefined) listener(news);
      };
      channel.addEventListener("message", hear);
      return () => channel.removeEventListener("message", hear);
    },
  };
}

/** A tab may be of another version of the console. */
export function readNews(data: unknown): TabNews | undefined {
  if (typeof data !== "object" || data === null || !("kind" in data)) return undefined;
  if (data.kind === "signed-out") return { kind: "signed-out" };
  if (data.kind !== "signed-in" || !("personId" in data) || typeof data.personId !== "string")
    return undefined;
  return { kind: "signed-in", personId: data.personId };
}

/** What it means for a tab of this person: nothing, the end of the sign-in, its return, or that the tab is somebody else's now. */
export function judgeNews(
  news: TabNews,
  personId: string | undefined,
): "nothing" | "over" | "back" | "another" {
  if (personId === undefined) return "nothing";
  if (news.kind === "signed-out") return "over";
  return news.personId === personId ? "back" : "another";
}
