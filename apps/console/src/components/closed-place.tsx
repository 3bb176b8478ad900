/** A page, or a part of one, that the role of the person does not open: which scope is missing, and who has it. */
import { Lock } from "lucide-react";
import type { ReactNode } from "react";
import { useMissingScopes } from "../lib/session.ts";
import { joinWords } from "../lib/words.ts";
import { CopyTextButton } from "./copy-button.tsx";
import { EmptyState } from "./empty-state.tsx";

export interface NeedsScopesProps {
  readonly scopes: readonly string[];
  /** What is behind it, such as "the members". */
  readonly what: string;
  readonly children: ReactNode;
}

/** For whoever may: the children. They are not made for anybody else, so that nothing is asked that would be refused. */
export function NeedsScopes({ scopes, what, children }: NeedsScopesProps) {
  const missing = useMissingScopes(scopes);
  if (missing === undefined) return children;
  const { scopes: names, whoCan } = missing;
  return (
    <EmptyState
      icon={<Lock />}
      title={`Your role does not show ${what}`}
      action={
        whoCan === undefined ? undefined : (
          <CopyTextButton label="Copy a message to them" text={writeWish(what, names)} />
        )
      }
    >
      <p>
        You need{" "}
        {names.map((name, at) => (
          <span key={name}>
            {at === 0 ? null : " and "}
            <code className="font-mono text-xs text-ink">{name}</code>
          </span>
        ))}
        .{" "}
        {whoCan === undefined
          ? "No role of this organization gives it."
          : `Ask ${whoCan} to look for you, or to give you another role.`}
      </p>
    </EmptyState>
  );
}

function writeWish(what: string, scopes: readonly string[]): string {
  return `I would like to see ${what} in AgentOS, and my role does not show it: it needs ${joinWords(scopes, "and")}. Could you give me a role that has it, or look for me?`;
}
