/** An id, in the letters of a machine, with the button that copies it whole. */
import { CopyButton } from "./copy-button.tsx";

export interface CopyableIdProps {
  readonly id: string;
  /** What it is an id of, shown before it. */
  readonly label?: string;
  /** Letters that are shown; the whole id is copied, and shown on hover. Default: all. */
  readonly maxLength?: number;
}

export function CopyableId({ id, label, maxLength }: CopyableIdProps) {
  const isCut = maxLength !== undefined && id.length > maxLength;
  const shown = isCut
    ? `${id.slice(0, Math.ceil(maxLength / 2))}…${id.slice(-Math.floor(maxLength / 2))}`
    : id;
  return (
    <span className="inline-flex min-w-0 items-center gap-1 text-xs">
      {label === undefined ? null : <span className="shrink-0 text-ink-soft">{label}</span>}
      <code title={isCut ? id : undefined} className="min-w-0 truncate font-mono text-ink">
        {shown}
      </code>
      {/* Large for a finger, it does not push lines apart. */}
      <span className="inline-flex pointer-coarse:-my-3">
        <CopyButton text={id} what={label?.toLowerCase() ?? "the id"} />
      </span>
    </span>
  );
}
