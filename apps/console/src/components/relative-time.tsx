/** How long ago, with the exact time on hover and focus. Counts on while it is shown. */
import { useEffect, useState } from "react";
import { describeExact, describeRelative, relativeChangesAfterMs, toIso } from "../lib/time-words.ts";
import { Tooltip } from "./tooltip.tsx";

const nowInSeconds = () => Date.now() / 1000;

export function RelativeTime({ seconds }: { readonly seconds: number }) {
  // Another time begins anew: what was "now" for the one before would make it one to come.
  return <Counting key={seconds} seconds={seconds} />;
}

function Counting({ seconds }: { readonly seconds: number }) {
  const [now, setNow] = useState(nowInSeconds);
  useEffect(() => {
    const timer = setTimeout(() => setNow(nowInSeconds()), relativeChangesAfterMs(seconds, now));
    return () => clearTimeout(timer);
  }, [seconds, now]);
  return (
    <Tooltip content={describeExact(seconds)}>
      <time dateTime={toIso(seconds)} className="whitespace-nowrap">
        {describeRelative(seconds, now)}
      </time>
    </Tooltip>
  );
}
