/** A run that waits for something that no form here fits: what to do in the place of it. */
import { CodeBlock } from "../../components/code-block.tsx";
import { PauseHead } from "./pause-head.tsx";

export interface OpenQuestionProps {
  /** Who asks: an agent, a team, a workflow. */
  readonly asker: string;
  readonly isStoppedHere: boolean;
  readonly curl: string;
  readonly onStop: () => void;
}

export function OpenQuestion({ asker, isStoppedHere, curl, onStop }: OpenQuestionProps) {
  return (
    <section
      aria-label="Waits for a program"
      className="flex min-w-0 flex-col gap-4 rounded-lg border border-line-strong bg-raised p-4"
    >
      <PauseHead title="This cannot be answered here" isStoppedHere={isStoppedHere} onStop={onStop}>
        The {asker} waits for something that this console has no form for. Fill the answer into the last entry
        below and run it in a terminal, or stop the run. You can send another message meanwhile.
      </PauseHead>
      <CodeBlock code={curl} label="To answer it, in a terminal" />
    </section>
  );
}
