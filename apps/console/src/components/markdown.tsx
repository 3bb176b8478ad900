/**
 * Text of a model as Markdown. What draws it is loaded when the first text is there; until then the text stands as it is.
 */
import { lazy, Suspense } from "react";
import { LongText } from "./long-text.tsx";

const MarkdownView = lazy(() => import("./markdown-view.tsx"));

export interface MarkdownProps {
  readonly text: string;
  /** More may follow: what is not closed yet is drawn as if it were. */
  readonly isGrowing?: boolean;
}

export function Markdown({ text, isGrowing = false }: MarkdownProps) {
  return (
    <Suspense
      fallback={
        <p className="whitespace-pre-wrap wrap-anywhere">
          <LongText text={text} />
        </p>
      }
    >
      <MarkdownView text={text} isGrowing={isGrowing} />
    </Suspense>
  );
}
