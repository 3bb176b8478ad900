/** Lines to copy. Long ones break, and are copied as one. */
import { cx } from "../lib/cx.ts";
import { CopyButton } from "./copy-button.tsx";

export interface CodeBlockProps {
  readonly code: string;
  /** What it is: said to who cannot see it, and shown above. */
  readonly label: string;
  /** Shows a `$` before each line, which is not copied. */
  readonly isShell?: boolean;
  /** Sentences rather than lines: they break where there is no room. */
  readonly isProse?: boolean;
  /** What nobody reads, such as a token: one line that ends where there is no room. It is copied and selected whole. */
  readonly isOneLine?: boolean;
  /** A button with its words shown copies it. */
  readonly isCopiedBeside?: boolean;
}

export function CodeBlock({
  code,
  label,
  isShell = false,
  isProse = false,
  isOneLine = false,
  isCopiedBeside = false,
}: CodeBlockProps) {
  const lines = code.split("\n");
  return (
    <figure className="min-w-0 overflow-hidden rounded-md border border-line bg-sunken">
      <figcaption className="flex h-8 items-center justify-between gap-2 border-b border-line pr-1 pl-3 text-xs text-ink-soft">
        <span className="truncate">{label}</span>
        {isCopiedBeside ? null : <CopyButton text={code} what={label.toLowerCase()} />}
      </figcaption>
      {/* What scrolls has to be reachable by keyboard. */}
      <pre
        tabIndex={0}
        aria-label={label}
        className={cx(
          "px-3 py-2 text-ink -outline-offset-2",
          isOneLine ? "truncate" : "max-h-96 overflow-auto whitespace-pre-wrap",
          isProse ? "font-sans text-sm wrap-anywhere" : "font-mono text-xs leading-5 break-all",
        )}
      >
        {isShell
          ? lines.map((line, at) => (
              // Lines of one text: their place is what they are.
              <span key={`${at} ${line}`} className="block">
                {line.startsWith("#") || line === "" ? null : (
                  <span aria-hidden className="select-none text-ink-faint">
                    ${" "}
                  </span>
                )}
                {line}
              </span>
            ))
          : code}
      </pre>
    </figure>
  );
}
