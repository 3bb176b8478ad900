/** An agent before the first message: who it is, and what it offers to be asked. */
import { readQuickPrompts } from "../../lib/quick-prompts.ts";
import type { RunnableKind } from "../../lib/runnable-kinds.ts";
import { useConfig } from "../../lib/runnables.ts";
import { clip } from "../../lib/words.ts";

const BEGINNINGS: Readonly<Record<RunnableKind, string>> = {
  agents: "Ask something. You see every tool it uses.",
  teams: "Ask something. You see what each member says.",
  workflows: "Your message is what it begins with. You see each step as it is done.",
};

interface BeginningProps {
  readonly kind: RunnableKind;
  readonly name: string;
  readonly description: string | undefined;
  readonly agentId: string;
  readonly onPick: (prompt: string) => void;
}

export function Beginning({ kind, name, description, agentId, onPick }: BeginningProps) {
  const config = useConfig();
  const prompts = readQuickPrompts(config.data, agentId);
  return (
    <div className="mx-auto flex w-full max-w-3xl min-h-0 flex-1 flex-col justify-end gap-4 overflow-y-auto px-4 py-6 sm:px-6">
      <div className="flex flex-col gap-1">
        <h2 className="text-lg font-semibold tracking-tight wrap-anywhere text-ink">{name}</h2>
        <p className="max-w-prose text-sm wrap-anywhere text-ink-soft">
          {description === undefined || description === "" ? BEGINNINGS[kind] : clip(description, 400)}
        </p>
      </div>
      {prompts.length === 0 ? null : (
        <ul aria-label="Prompts" className="flex flex-wrap gap-2">
          {prompts.map((prompt) => (
            <li key={prompt} className="max-w-full">
              <button
                type="button"
                className="max-w-full rounded-md border border-line-strong bg-raised px-3 py-1.5 pointer-coarse:min-h-11 text-left text-sm wrap-anywhere text-ink transition-colors hover:bg-hover"
                onClick={() => onPick(prompt)}
              >
                {prompt}
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
