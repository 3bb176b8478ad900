/** A text of the catalogue, in which commands and names of settings stand between backticks. */
import { Fragment } from "react";

export function MarkedText({ text }: { readonly text: string }) {
  const parts = text.split("`");
  // An odd backtick marks nothing.
  if (parts.length % 2 === 0) return text;
  return parts.map((part, at) =>
    at % 2 === 0 ? (
      // Parts of one text: their place is what they are.
      <Fragment key={`${at} ${part}`}>{part}</Fragment>
    ) : (
      <code key={`${at} ${part}`} className="rounded-sm bg-sunken px-1 font-mono text-xs text-ink">
        {part}
      </code>
    ),
  );
}
