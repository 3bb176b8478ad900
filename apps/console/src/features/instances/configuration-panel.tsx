/** What to set on the instance, so that it does what the switches say: lines for a shell and for an env file. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { CodeBlock } from "../../components/code-block.tsx";
import { QueryView } from "../../components/query-view.tsx";
import { SegmentedControl } from "../../components/segmented-control.tsx";
import type { Instance } from "../../lib/instance-state.ts";
import { useInstanceParameters } from "../../lib/instances.ts";
import { useServices } from "../../lib/services.ts";
import { asSentence } from "../../lib/words.ts";

type Form = "shell" | "dotenv";

export function ConfigurationPanel({ instance }: { readonly instance: Instance }) {
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
      {({ shell, dotenv, steps }) => (
        <div className="flex min-w-0 flex-col gap-4">
          <ol className="flex list-decimal flex-col gap-1 pl-5 text-sm text-ink-soft marker:text-ink-faint">
            {steps.map((step) => (
              <li key={step} className="wrap-anywhere">
                {asSentence(step)}
              </li>
            ))}
          </ol>
          <SegmentedControl
            label="Form of the lines"
            value={form}
            onChange={setForm}
            segments={[
              { value: "shell", label: "Shell" },
              { value: "dotenv", label: ".env file" },
            ]}
          />
          <CodeBlock
            label={form === "shell" ? "Configuration for a shell" : "Configuration for an .env file"}
            code={(form === "shell" ? shell : dotenv).join("\n")}
          />
        </div>
      )}
    </QueryView>
  );
}
