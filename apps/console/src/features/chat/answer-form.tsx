/** The answer to one thing that is asked: what it is about, a yes or a no with its reason, and what was noted of it. */
import { Check, X } from "lucide-react";
import { type ReactNode, useState } from "react";
import { Button } from "../../components/button.tsx";
import { Field } from "../../components/field.tsx";
import { ObstructedControl, type ObstructedControlProps } from "../../components/obstructed-control.tsx";
import { TextInput } from "../../components/text-input.tsx";
import { cx } from "../../lib/cx.ts";
import { showHidden } from "../../lib/hidden-text.ts";
import type { Draft } from "./decisions.ts";

/** What a form of one question gets from the card that it stands in. */
export interface QuestionProps {
  readonly draft: Draft;
  /** What is pressed is sent; else it is noted, until all are decided. */
  readonly isOnly: boolean;
  readonly onChange: (draft: Draft) => void;
  readonly onDecide: (draft: Draft) => void;
}

export interface AnswerFormProps extends QuestionProps {
  readonly name: string;
  /** The title of the card says it. */
  readonly isNameHidden: boolean;
  readonly yes: string;
  /** Why there can be no yes, or not yet. */
  readonly obstacle?: ObstructedControlProps["obstacle"];
  /** What becomes of a no; undefined where there is none. */
  readonly no: string | undefined;
  readonly moreActions?: ReactNode;
  /** Its fields; they go away where a no is written. */
  readonly children: (isRejecting: boolean) => ReactNode;
}

export function AnswerForm(props: AnswerFormProps) {
  const { name, isNameHidden, yes, obstacle, no, moreActions, children } = props;
  const { draft, isOnly, onChange, onDecide } = props;
  const [isRejecting, setIsRejecting] = useState(false);
  return (
    <form
      aria-label={name}
      className="flex min-w-0 flex-col gap-3 border-line not-first-of-type:border-t not-first-of-type:pt-4"
      onSubmit={(event) => {
        event.preventDefault();
        onDecide({ ...draft, verdict: isRejecting ? "reject" : "approve" });
      }}
    >
      <p
        className={cx(
          "flex min-w-0 flex-wrap items-center gap-2 text-sm text-ink",
          isNameHidden && "sr-only",
        )}
      >
        <code className="min-w-0 font-mono text-xs font-medium wrap-anywhere">{showHidden(name)}</code>
        <Verdict verdict={draft.verdict} />
      </p>
      {children(isRejecting)}
      {isRejecting ? (
        <Field label="Why not (optional)" hint={no}>
          <TextInput
            autoFocus
            maxLength={2_000}
            value={draft.note}
            onChange={({ target }) => onChange({ ...draft, verdict: undefined, note: target.value })}
          />
        </Field>
      ) : null}
      <div className="flex flex-wrap gap-2">
        {draft.verdict !== undefined && !isOnly ? (
          <Button
            size="sm"
            onClick={() => {
              setIsRejecting(false);
              onChange({ ...draft, verdict: undefined });
            }}
          >
            Change answer
          </Button>
        ) : isRejecting ? (
          <>
            <Button type="submit" variant="danger" size="sm">
              Reject
            </Button>
            <Button size="sm" onClick={() => setIsRejecting(false)}>
              Back
            </Button>
          </>
        ) : (
          <>
            <ObstructedControl obstacle={obstacle}>
              <Button
                type="submit"
                variant={isOnly ? "primary" : "secondary"}
                size="sm"
                icon={<Check aria-hidden />}
              >
                {yes}
              </Button>
            </ObstructedControl>
            {no === undefined ? null : (
              <Button size="sm" icon={<X aria-hidden />} onClick={() => setIsRejecting(true)}>
                Reject…
              </Button>
            )}
            {moreActions}
          </>
        )}
      </div>
    </form>
  );
}

function Verdict({ verdict }: Pick<Draft, "verdict">) {
  return verdict === undefined ? null : (
    <span className="inline-flex items-center gap-1 text-xs text-ink-soft [&_svg]:size-3.5">
      {verdict === "approve" ? (
        <Check aria-hidden className="text-ok-ink" />
      ) : (
        <X aria-hidden className="text-danger-ink" />
      )}
      {verdict === "reject" ? "Will be rejected" : "Ready to send"}
    </span>
  );
}
