/** The row of lights: each a sign, a word and what was seen; below a red one what to do. */
import { Check, CircleHelp, LoaderCircle, TriangleAlert, X } from "lucide-react";
import type { ReactNode } from "react";
import { CodeBlock } from "../../components/code-block.tsx";
import { MarkedText } from "../../components/marked-text.tsx";
import { cx } from "../../lib/cx.ts";
import type { Light, LightId, LightState } from "./light.ts";

const LOOKS: Readonly<
  Record<
    LightState,
    { readonly icon: typeof Check | undefined; readonly word: string; readonly look: string }
  >
> = {
  passed: { icon: Check, word: "green", look: "border-transparent bg-ok-soft text-ok-ink" },
  warn: { icon: TriangleAlert, word: "to know", look: "border-transparent bg-warn-soft text-warn-ink" },
  failed: { icon: X, word: "red", look: "border-transparent bg-danger-soft text-danger-ink" },
  asks: { icon: CircleHelp, word: "asks you", look: "border-transparent bg-accent-soft text-accent-ink" },
  looking: { icon: LoaderCircle, word: "looking", look: "border-line-strong bg-canvas text-ink-soft" },
  waiting: { icon: undefined, word: "waits", look: "border-line-strong bg-canvas text-ink-faint" },
};

export interface LightListProps {
  readonly lights: readonly Light[];
  /** Controls below a light: a field for what is asked, a button that mends it. */
  readonly controls?: Partial<Readonly<Record<LightId, ReactNode>>>;
  /** Small ones at the end of the line. */
  readonly actions?: Partial<Readonly<Record<LightId, ReactNode>>>;
}

export function LightList({ lights, controls = {}, actions = {} }: LightListProps) {
  return (
    <ol
      aria-label="Connection lights"
      className="flex flex-col divide-y divide-line overflow-hidden rounded-lg border border-line bg-raised"
    >
      {lights.map((light) => (
        <LightRow key={light.id} light={light} control={controls[light.id]} action={actions[light.id]} />
      ))}
    </ol>
  );
}

interface LightRowProps {
  readonly light: Light;
  readonly control: ReactNode;
  readonly action: ReactNode;
}

function LightRow({ light, control, action }: LightRowProps) {
  const { id, title, state, said, fix, lines, words } = light;
  const { icon: Icon, word, look } = LOOKS[state];
  const isQuiet = state === "waiting";
  const isHeard = words !== undefined && state !== "passed";
  const hasDetail = fix !== undefined || lines !== undefined || isHeard || control !== undefined;
  return (
    <li
      data-light={id}
      data-state={state}
      className="grid grid-cols-[1.25rem_minmax(0,1fr)_auto] gap-x-3 px-4 py-2.5 sm:grid-cols-[1.25rem_13rem_minmax(0,1fr)_auto]"
    >
      <span aria-hidden className={cx("flex size-5 items-center justify-center rounded-full border", look)}>
        {Icon === undefined ? null : (
          <Icon className={cx("size-3", state === "looking" && "spinning")} strokeWidth={2.5} />
        )}
      </span>
      <p className={cx("text-sm", isQuiet ? "text-ink-faint" : "font-medium text-ink")}>
        {title}
        <span className="sr-only">: {word}</span>
      </p>
      <p
        className={cx(
          "col-start-2 row-start-2 min-w-0 wrap-anywhere sm:col-start-3 sm:row-start-1",
          id === "address" && state === "passed" ? "font-mono text-xs leading-5" : "text-sm",
          state === "failed" ? "text-danger-ink" : isQuiet ? "text-ink-faint" : "text-ink-soft",
        )}
      >
        {said}
      </p>
      {action === undefined ? null : (
        <div className="col-start-3 row-span-2 row-start-1 -my-1 self-center sm:col-start-4 sm:row-span-1">
          {action}
        </div>
      )}
      {hasDetail && !isQuiet ? (
        <div className="col-start-2 -col-end-1 row-start-3 mt-1.5 flex min-w-0 max-w-2xl flex-col gap-3 pb-1 sm:row-start-2">
          {isHeard ? <p className="text-sm text-ink-soft wrap-anywhere">It says: “{words}”</p> : null}
          {fix === undefined ? null : (
            <p className="text-sm text-ink wrap-anywhere">
              <MarkedText text={fix} />
            </p>
          )}
          {lines === undefined ? null : <CodeBlock {...lines} />}
          {control}
        </div>
      ) : null}
    </li>
  );
}
