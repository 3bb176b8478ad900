/** One of the roles, each with what it is for. One that cannot be given stays readable, and says why not. */
import { Radio } from "@base-ui/react/radio";
import { RadioGroup } from "@base-ui/react/radio-group";
import { Lock } from "lucide-react";
import { useId } from "react";
import type { Role } from "../../lib/people.ts";
import { asSentence } from "../../lib/words.ts";
import type { Obstacle } from "./member-rules.ts";

export interface RoleChoiceProps {
  readonly label: string;
  readonly roles: readonly Role[];
  readonly value: Role["name"];
  readonly onChange: (name: Role["name"]) => void;
  readonly findObstacle: (role: Role) => Obstacle | undefined;
}

export function RoleChoice({ label, roles, value, onChange, findObstacle }: RoleChoiceProps) {
  const id = useId();
  const obstacles = new Map(
    roles.filter(({ name }) => name !== value).map((role) => [role.name, findObstacle(role)]),
  );
  // One reason for all the others is said once.
  const [first, ...rest] = obstacles.values();
  const shared =
    rest.length > 0 && rest.every((obstacle) => obstacle?.title === first?.title) ? first : undefined;
  return (
    <RadioGroup
      aria-label={label}
      value={value}
      onValueChange={(name: Role["name"]) => onChange(name)}
      className="flex flex-col divide-y divide-line overflow-hidden rounded-lg border border-line bg-raised"
    >
      {roles.map((role) => {
        const obstacle = obstacles.get(role.name);
        return (
          <label key={role.name} className="flex gap-3 px-3 py-2.5 has-data-checked:bg-accent-soft">
            <Radio.Root
              value={role.name}
              disabled={obstacle !== undefined}
              aria-label={role.title}
              aria-describedby={obstacle === undefined || shared === undefined ? `${id}-${role.name}` : id}
              className="mt-0.5 flex size-4 shrink-0 items-center justify-center rounded-full border border-control bg-raised data-checked:border-accent data-checked:bg-accent data-disabled:border-line-strong data-disabled:bg-sunken"
            >
              <Radio.Indicator className="size-1.5 rounded-full bg-on-accent" />
            </Radio.Root>
            <span className="flex min-w-0 flex-col gap-0.5">
              <span className="text-sm font-medium text-ink">{role.title}</span>
              <span id={`${id}-${role.name}`} className="flex flex-col gap-0.5 text-xs text-ink-soft">
                <span>{asSentence(role.description)}</span>
                {obstacle === undefined || shared !== undefined ? null : <Reason obstacle={obstacle} />}
              </span>
            </span>
          </label>
        );
      })}
      {shared === undefined ? null : (
        <span id={id} className="bg-sunken px-3 py-2.5 text-xs">
          <Reason obstacle={shared} />
        </span>
      )}
    </RadioGroup>
  );
}

function Reason({ obstacle: { title, text } }: { readonly obstacle: Obstacle }) {
  return (
    <span className="flex items-start gap-1.5 text-ink">
      <Lock aria-hidden className="mt-0.5 size-3 shrink-0" />
      <span>
        {title}. {text}
      </span>
    </span>
  );
}
