/** The conversation. Only what is near the window is drawn; it stays at its end while the reader does. */
import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowDown } from "lucide-react";
import {
  type ReactNode,
  useCallback,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
  useSyncExternalStore,
} from "react";
import { Button } from "../../components/button.tsx";
import type { ChatStore } from "./chat-store.ts";
import type { Turn } from "./turn.ts";

export interface MessageListProps {
  readonly store: Pick<ChatStore, "snapshot" | "subscribe">;
  readonly render: (turn: Turn) => ReactNode;
}

/** Nearer to the end than this, in pixels, is at the end. */
const NEAR_END = 48;

export function MessageList({ store, render }: MessageListProps) {
  const { turns } = useSyncExternalStore(store.subscribe, store.snapshot);
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  const [isAway, setIsAway] = useState(false);
  // oxlint-disable-next-line react/incompatible-library -- its functions change with what is in view; nothing of it is memoized
  const list = useVirtualizer({
    count: turns.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 180,
    getItemKey: (at) => turns[at]?.key ?? at,
    overscan: 3,
    initialOffset: Number.MAX_SAFE_INTEGER,
  });

  const toEnd = useCallback(() => {
    const box = scroller.current;
    if (box !== null) box.scrollTop = box.scrollHeight;
  }, []);

  // Whatever makes the content longer, the end stays in view for who is there.
  useEffect(() => {
    const box = content.current;
    if (box === null) return undefined;
    const observer = new ResizeObserver(() => {
      if (isAtEnd.current) toEnd();
    });
    observer.observe(box);
    return () => observer.disconnect();
  }, [toEnd]);
  // Who sends something wants to see it.
  const lastKey = turns.at(-1)?.key;
  useLayoutEffect(() => {
    isAtEnd.current = true;
    setIsAway(false);
    toEnd();
  }, [lastKey, toEnd]);

  return (
    <div className="relative min-h-0 flex-1">
      {/* What scrolls has to be reachable by keyboard. */}
      <div
        ref={scroller}
        role="log"
        aria-label="Conversation"
        aria-live="off"
        tabIndex={0}
        className="absolute inset-0 overflow-y-auto overscroll-contain -outline-offset-2 [overflow-anchor:none]"
        onClickCapture={({ target }) => {
          // Who unfolds something reads there, not at the end.
          if (target instanceof Element && target.closest("summary, [data-unfolds]") !== null)
            isAtEnd.current = false;
        }}
        onScroll={({ currentTarget: box }) => {
          const isNear = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_END;
          isAtEnd.current = isNear;
          setIsAway(!isNear);
        }}
      >
        <div ref={content} className="relative w-full" style={{ height: list.getTotalSize() }}>
          {list.getVirtualItems().map((item) => {
            const turn = turns[item.index];
            return turn === undefined ? null : (
              <div
                key={item.key}
                ref={list.measureElement}
                data-index={item.index}
                className="absolute top-0 left-0 w-full"
                style={{ transform: `translateY(${item.start}px)` }}
              >
                {render(turn)}
              </div>
            );
          })}
        </div>
      </div>
      {isAway ? (
        <div className="pointer-events-none absolute inset-x-0 bottom-3 flex justify-center">
          <Button size="sm" className="pointer-events-auto" icon={<ArrowDown aria-hidden />} onClick={toEnd}>
            To the end
          </Button>
        </div>
      ) : null}
    </div>
  );
}
