/** Where a message is written, with what goes along. What was typed stays whatever happens to the request. */
import { ArrowUp, Lock, Paperclip, Square, X } from "lucide-react";
import { type ReactNode, type RefObject, useId, useRef, useState } from "react";
import { IconButton } from "../../components/icon-button.tsx";
import { explainMissing } from "../../components/requires-scope.tsx";
import { cx } from "../../lib/cx.ts";
import type { MissingScope } from "../../lib/scope-words.ts";
import { addFiles } from "./attachments.ts";
import { FileChip } from "./turn-view.tsx";

export interface ComposerProps {
  readonly agentName: string;
  readonly text: string;
  readonly onText: (text: string) => void;
  readonly files: readonly File[];
  readonly onFiles: (files: readonly File[]) => void;
  readonly inputRef: RefObject<HTMLTextAreaElement | null>;
  /** A run is under way: the button stops it. */
  readonly isRunning: boolean;
  readonly isStopping: boolean;
  /** Why nothing may be written here at all; undefined for whoever may. */
  readonly missing: MissingScope | undefined;
  /** Why nothing can be sent at the moment; undefined when it can. */
  readonly blockedBecause: string | undefined;
  readonly onSend: () => void;
  readonly onStop: () => void;
  readonly note?: ReactNode;
}

export function Composer(props: ComposerProps) {
  const { agentName, text, onText, files, onFiles, inputRef, isRunning, isStopping, missing } = props;
  const [faults, setFaults] = useState<readonly string[]>([]);
  const [isDropping, setIsDropping] = useState(false);
  const id = useId();
  const picker = useRef<HTMLInputElement>(null);
  const isLocked = missing !== undefined;
  const blockedBecause = missing === undefined ? props.blockedBecause : explainMissing(missing);
  const isBlocked = blockedBecause !== undefined;
  const hint = findHint();
  const canSend = !isBlocked && !isRunning && text.trim() !== "";

  /** What stands in the way, or how it is sent. Who may write nothing reads why above. */
  function findHint(): { readonly text: string; readonly isHelp: boolean } | undefined {
    if (isLocked) return undefined;
    if (blockedBecause !== undefined) return { text: blockedBecause, isHelp: false };
    if (isRunning && text.trim() !== "")
      return { text: "Can be sent when the answer is complete, or stopped", isHelp: false };
    if (files.length > 0 && text.trim() === "")
      return {
        text: `Add a message to send the ${files.length === 1 ? "file" : "files"}`,
        isHelp: false,
      };
    return { text: "Enter sends, Shift+Enter makes a new line", isHelp: true };
  }

  function add(list: FileList | null): void {
    if (isLocked || list === null || list.length === 0) return;
    const taken = addFiles(files, [...list]);
    onFiles(taken.files);
    setFaults(taken.faults);
  }

  return (
    <form
      aria-label="Message"
      className="mx-auto flex w-full max-w-3xl shrink-0 flex-col gap-1.5 px-4 pb-3 sm:px-6 sm:pb-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (canSend) props.onSend();
      }}
    >
      {props.note}
      {missing === undefined ? null : (
        <p className="flex items-start gap-2 py-1 text-sm text-ink">
          <Lock aria-hidden className="mt-0.5 size-4 shrink-0 text-ink-soft" />
          <span className="wrap-anywhere">{blockedBecause}</span>
        </p>
      )}
      {faults.length === 0 ? null : (
        <ul role="alert" className="flex flex-col text-xs wrap-anywhere text-danger-ink">
          {faults.map((fault) => (
            <li key={fault}>{fault}</li>
          ))}
        </ul>
      )}
      <div
        className={cx(
          "flex flex-col rounded-lg border bg-raised transition-colors focus-within:border-accent focus-within:outline-1 focus-within:outline-accent",
          isDropping
            ? "border-accent bg-accent-soft"
            : isBlocked
              ? "border-line bg-sunken"
              : "border-control",
        )}
        onDragOver={(event) => {
          event.preventDefault();
          setIsDropping(!isLocked);
        }}
        onDragLeave={() => setIsDropping(false)}
        onDrop={(event) => {
          event.preventDefault();
          setIsDropping(false);
          add(event.dataTransfer.files);
        }}
      >
        {files.length === 0 ? null : (
          <ul aria-label="Files to send" className="flex flex-wrap gap-1.5 px-2.5 pt-2.5">
            {files.map((file, at) => (
              // Two files may have one name: their place tells them apart.
              <li key={`${at} ${file.name}`}>
                <FileChip
                  file={file}
                  trailing={
                    <IconButton
                      label={`Remove ${file.name}`}
                      icon={<X aria-hidden />}
                      size="sm"
                      hasTooltip={false}
                      onClick={() => {
                        setFaults([]);
                        onFiles(files.filter((other) => other !== file));
                      }}
                    />
                  }
                />
              </li>
            ))}
          </ul>
        )}
        <textarea
          ref={inputRef}
          aria-label={`Message to ${agentName}`}
          aria-describedby={isLocked ? `${id}-why` : undefined}
          placeholder={isLocked ? "You may read here, not write" : `Message ${agentName}`}
          readOnly={isLocked}
          rows={1}
          value={text}
          maxLength={200_000}
          className="field-sizing-content max-h-[40dvh] min-h-10 w-full resize-none bg-transparent px-3 pt-2.5 pb-1 text-base text-ink outline-none placeholder:text-ink-faint"
          onChange={({ target }) => onText(target.value)}
          onPaste={(event) => {
            if (event.clipboardData.files.length === 0) return;
            event.preventDefault();
            add(event.clipboardData.files);
          }}
          onKeyDown={(event) => {
            if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
            event.preventDefault();
            if (canSend) props.onSend();
          }}
        />
        <div className="flex items-center justify-between gap-2 px-1.5 pb-1.5">
          <span className="flex items-center gap-2">
            <IconButton
              label="Attach files"
              icon={<Paperclip aria-hidden />}
              disabled={isLocked}
              aria-describedby={isLocked ? `${id}-why` : undefined}
              onClick={() => picker.current?.click()}
            />
            <input
              ref={picker}
              type="file"
              multiple
              hidden
              aria-label="Files"
              onChange={({ target }) => {
                add(target.files);
                target.value = "";
              }}
            />
            {hint === undefined ? null : (
              <span
                className={cx("text-xs", hint.isHelp ? "hidden text-ink-faint sm:inline" : "text-ink-soft")}
              >
                {hint.text}
              </span>
            )}
          </span>
          <span id={`${id}-why`} className="sr-only">
            {blockedBecause ?? "Type a message first."}
          </span>
          {isRunning ? (
            <IconButton
              label="Stop"
              icon={<Square aria-hidden className="fill-current" />}
              disabled={isStopping}
              className="border border-line-strong"
              onClick={props.onStop}
            />
          ) : (
            <IconButton
              type="submit"
              label="Send"
              icon={<ArrowUp aria-hidden />}
              disabled={!canSend}
              aria-describedby={canSend ? undefined : `${id}-why`}
              className="bg-accent text-on-accent hover:not-data-disabled:bg-accent-hover hover:not-data-disabled:text-on-accent data-disabled:bg-hover"
            />
          )}
        </div>
      </div>
    </form>
  );
}
