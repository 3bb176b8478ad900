/** Copies, and says whether that worked. */
import { Check, Copy, X } from "lucide-react";
import { useCopying } from "../lib/copy-text.ts";
import { Button, type ButtonVariant } from "./button.tsx";
import { IconButton } from "./icon-button.tsx";

export interface CopyButtonProps {
  readonly text: string;
  /** What is copied, such as "the command". */
  readonly what: string;
}

const ICONS = { idle: Copy, copied: Check, failed: X } as const;

export function CopyButton({ text, what }: CopyButtonProps) {
  const { state, copy } = useCopying();
  const Icon = ICONS[state];
  const label = {
    idle: `Copy ${what}`,
    copied: "Copied",
    failed: "This page may not copy: mark the text and copy it by hand",
  }[state];
  return (
    <>
      <IconButton
        label={label}
        icon={<Icon aria-hidden />}
        size="sm"
        onClick={() => copy(text)}
        className="[&_svg]:size-3.5!"
      />
      <output className="sr-only">{state === "idle" ? "" : label}</output>
    </>
  );
}

export interface CopyTextButtonProps {
  readonly text: string;
  /** What the button does, such as "Copy link". */
  readonly label: string;
  readonly variant?: ButtonVariant;
}

/** The same with its words shown: where copying is the thing to do. */
export function CopyTextButton({ text, label, variant = "secondary" }: CopyTextButtonProps) {
  const { state, copy } = useCopying();
  const Icon = ICONS[state];
  return (
    <>
      <Button variant={variant} icon={<Icon aria-hidden />} onClick={() => copy(text)}>
        {state === "copied" ? "Copied" : label}
      </Button>
      <output className={state === "failed" ? "text-xs text-danger-ink" : "sr-only"}>
        {state === "failed"
          ? "This page may not copy: mark the text and copy it by hand."
          : state === "copied"
            ? "Copied"
            : ""}
      </output>
    </>
  );
}
