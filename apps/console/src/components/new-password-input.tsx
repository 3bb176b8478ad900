/** A password that is chosen here, and typed once: it can be looked at. Inside of a `Field`, which labels it. */
import { Field } from "@base-ui/react/field";
import { Eye, EyeOff } from "lucide-react";
import { type ComponentProps, useState } from "react";
import { IconButton } from "./icon-button.tsx";

export const NEW_PASSWORD_HINT =
  "12 characters or more. Four words that do not belong together make a good one.";

export type NewPasswordInputProps = Omit<
  ComponentProps<typeof Field.Control>,
  "className" | "type" | "autoComplete" | "minLength" | "maxLength"
>;

export function NewPasswordInput(props: NewPasswordInputProps) {
  const [isShown, setIsShown] = useState(false);
  return (
    <div className="relative">
      <Field.Control
        {...props}
        type={isShown ? "text" : "password"}
        autoComplete="new-password"
        spellCheck={false}
        minLength={12}
        maxLength={128}
        className="control h-8 w-full pr-9 pl-2.5 pointer-coarse:h-11 pointer-coarse:pr-12"
      />
      <span className="absolute inset-y-0 right-1 flex items-center pointer-coarse:right-0">
        <IconButton
          label={isShown ? "Hide what is typed" : "Show what is typed"}
          icon={isShown ? <EyeOff aria-hidden /> : <Eye aria-hidden />}
          size="sm"
          onClick={() => setIsShown((before) => !before)}
        />
      </span>
    </div>
  );
}
