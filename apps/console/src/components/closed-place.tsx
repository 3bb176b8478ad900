/** A page, or a part of one, that the role of the person does not open: which scope is missing, and who has it. */
import { Lock } from "lucide-react";
import type { ReactNode } from "react";
import { useMissingScopes } from "../lib/session.ts";
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
    <EmptyState icon={<Lock />} title={`Your role does not show ${what}`}>
      <p>
        It takes{" "}
        {names.map((name, at) => (
          <span key={name}>
            {at === 0 ? null : " and "}
            <code className="font-mono text-xs text-ink">{name}</code>
          </span>
        ))}
        , which your role does not give.
      </p>
      <p>
        {whoCan === undefined
          ? "No role of this organization gives it."
          : `Ask ${whoCan} to look for you, or to give you another role.`}
      </p>
    </EmptyState>
  );
}
