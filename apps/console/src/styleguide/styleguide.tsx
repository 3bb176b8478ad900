import { Section } from "../components/page-header.tsx";
import { ActionSamples } from "./action-samples.tsx";
import { DataSamples } from "./data-samples.tsx";
import { FieldSamples } from "./field-samples.tsx";
import { OverlaySamples } from "./overlay-samples.tsx";
import { StateSamples } from "./state-samples.tsx";

const SWATCHES = {
  Surfaces: ["bg-sunken", "bg-canvas", "bg-raised", "bg-hover", "bg-pressed"],
  Lines: ["bg-line", "bg-line-strong", "bg-control"],
  Ink: ["bg-ink", "bg-ink-soft", "bg-ink-faint"],
  Accent: ["bg-accent", "bg-accent-hover", "bg-accent-ink", "bg-accent-soft"],
  States: ["bg-ok", "bg-ok-soft", "bg-warn", "bg-warn-soft", "bg-danger", "bg-danger-soft"],
} as const;

export function Styleguide() {
  return (
    <main className="mx-auto flex max-w-5xl flex-col gap-12 px-4 py-10 sm:px-8">
      <h1 className="text-xl font-semibold tracking-tight">Styleguide</h1>
      <Section title="Colours">
        <div className="flex flex-wrap gap-x-8 gap-y-4">
          {Object.entries(SWATCHES).map(([name, classes]) => (
            <div key={name} className="flex flex-col gap-1">
              <span className="text-xs text-ink-soft">{name}</span>
              <div className="flex overflow-hidden rounded-md border border-line-strong">
                {classes.map((colour) => (
                  <span key={colour} title={colour} className={`h-8 w-10 ${colour}`} />
                ))}
              </div>
            </div>
          ))}
        </div>
      </Section>
      <Section title="Text">
        <div className="flex flex-col gap-1">
          <p className="text-xl font-semibold tracking-tight">Page title, 20 px</p>
          <p className="text-base font-semibold">Section title, 14 px</p>
          <p className="text-sm">
            Text, 13 px: the instance refused the request, since its key is another one.
          </p>
          <p className="text-sm text-ink-soft">Softer text: what explains, and what can be skipped.</p>
          <p className="text-xs text-ink-soft">Small text, 12 px: hints, times, columns.</p>
          <p className="font-mono text-xs">Code: agents:support-bot:run 0OIl1</p>
        </div>
      </Section>
      <ActionSamples />
      <FieldSamples />
      <StateSamples />
      <DataSamples />
      <OverlaySamples />
    </main>
  );
}
