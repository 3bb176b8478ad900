/** A control that is closed, such as for the last Owner: disabled, and saying why. For a scope there is `RequiresScope`. */
import { Tooltip as Base } from "@base-ui/react/tooltip";
import { Lock } from "lucide-react";
import { cloneElement, type ReactElement, type ReactNode, useId } from "react";

export interface Obstacle {
  readonly title: string;
  readonly text: string;
  /** In the place of the text, for who sees it. */
  readonly detail?: ReactNode;
}

export interface ObstructedControlProps {
  /** Undefined for whoever may. */
  readonly obstacle: Obstacle | undefined;
  /** A `Button` or `IconButton`: they stay reachable by keyboard when they are disabled. */
  readonly children: ReactElement<{ readonly disabled?: boolean; readonly "aria-describedby"?: string }>;
}

export function ObstructedControl({ obstacle, children }: ObstructedControlProps) {
  const id = useId();
  if (obstacle === undefined) return children;
  return (
    <Base.Root>
      <Base.Trigger render={cloneElement(children, { disabled: true, "aria-describedby": id })} />
      <span id={id} className="sr-only">
        {obstacle.title}. {obstacle.text}
      </span>
      <Base.Portal>
        <Base.Positioner sideOffset={6} collisionPadding={8} className="z-50">
          <Base.Popup className="popup flex max-w-80 flex-col gap-1 p-3 text-xs">
            <p className="flex items-center gap-1.5 font-medium text-ink">
              <Lock aria-hidden className="size-3.5 shrink-0 text-ink-soft" />
              {obstacle.title}
            </p>
            {obstacle.detail ?? <p className="text-ink-soft">{obstacle.text}</p>}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
