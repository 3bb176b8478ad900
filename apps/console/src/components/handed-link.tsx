/** A one-time link that was just made: shown this once, to be handed over. */

import { describeExact } from "../lib/time-words.ts";
import { CodeBlock } from "./code-block.tsx";
import { CopyTextButton } from "./copy-button.tsx";
import { RelativeTime } from "./relative-time.tsx";

export interface HandedLinkProps {
  readonly link: { readonly url: string; readonly expires_at: number };
  /** Who it lets in. */
  readonly name: string;
}

export function HandedLink({ link, name }: HandedLinkProps) {
  return (
    <div className="flex w-full min-w-0 flex-col gap-2">
      <CodeBlock label={`One-time link for ${name}`} code={link.url} isCopiedBeside />
      <div>
        <CopyTextButton text={link.url} label="Copy link" variant="primary" />
      </div>
      <ul className="flex list-disc flex-col gap-1 pl-4 text-xs text-ink-soft marker:text-ink-faint">
        <li>
          Works once, until {describeExact(link.expires_at)} (<RelativeTime seconds={link.expires_at} />
          ). Links for {name} that were made before no longer work.
        </li>
        <li>It is shown only now. Whoever has it signs in as {name}: send it where only they read.</li>
      </ul>
    </div>
  );
}
