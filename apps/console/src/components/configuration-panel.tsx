/** What to set on the instance, so that it does what the switches say: lines for a shell and for an env file. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Instance } from "../lib/instance-state.ts";
import { useInstanceParameters } from "../lib/instances.ts";
import { useServices } from "../lib/services.ts";
import { asSentence } from "../lib/words.ts";
import { CodeBlock } from "./code-block.tsx";
import { CopyTextButton } from "./copy-button.tsx";
import { MarkedText } from "./marked-text.tsx";
import { Notice } from "./notice.tsx";
import { QueryView } from "./query-view.tsx";
import { SegmentedControl } from "./segmented-control.tsx";

type Form = "shell" | "dotenv";

export interface ConfigurationPanelProps {
  readonly instance: Instance;
  /** Copying the lines is the thing to do. */
  readonly isPrimary?: boolean;
}

export function ConfigurationPanel({ instance, isPrimary = false }: ConfigurationPanelProps) {
  const { controlPlane } = useServices();
  const [form, setForm] = useState<Form>("shell");
  const parameters = useInstanceParameters(instance.id);
  const query = useQuery({
    // Which form fits depends on what the instance is.
    queryKey: ["configuration", instance.id, instance.endpoint, instance.desired, instance.is_ours],
    queryFn: ({ signal }) => controlPlane.instances.configuration({ parameters }, { signal }),
  });
  return (
    <QueryView query={query} what="the configuration">
      {({ shell, dotenv, steps, warning }) => {
        const code = (form === "shell" ? shell : dotenv).join("\n");
        return (
          <div className="flex w-full min-w-0 flex-col gap-3">
            {warning === null ? null : <Notice tone="warn" title={asSentence(warning)} />}
            <div className="flex flex-wrap items-center justify-between gap-2">
              <SegmentedControl
                label="Form of the lines"
                value={form}
                onChange={setForm}
                segments={[
                  { value: "shell", label: "Shell" },
                  { value: "dotenv", label: ".env file" },
                ]}
              />
              <CopyTextButton
                text={code}
                label="Copy the lines"
                variant={isPrimary ? "primary" : "secondary"}
              />
            </div>
            <CodeBlock
              label={form === "shell" ? "Configuration for a shell" : "Configuration for an .env file"}
              code={code}
              isCopiedBeside
            />
            {/* The last step is the same for all. */}
            {steps.length < 2 ? null : (
              <ul className="flex list-disc flex-col gap-1 pl-5 text-xs text-ink-soft marker:text-ink-faint">
                {steps.slice(0, -1).map((step) => (
                  <li key={step} className="wrap-anywhere">
                    <MarkedText text={asSentence(step)} />
                  </li>
                ))}
              </ul>
            )}
            <p className="text-sm font-medium text-ink">Then start the instance again.</p>
          </div>
        );
      }}
    </QueryView>
  );
}
