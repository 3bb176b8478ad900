/** A change in one sentence. */
import type { AuditEntry } from "./audit-queries.ts";
import { describeAction, describeRole, nameActor } from "./audit-words.ts";

/** Names are what somebody has typed: text, and marked off by their weight from the words around. */
export function Sentence({ entry }: { readonly entry: AuditEntry }) {
  const { verb, target, after, isUnknown } = describeAction(entry);
  const role = describeRole(entry);
  return (
    <>
      <span className="font-medium text-ink">{nameActor(entry.actor)}</span>{" "}
      <span className={isUnknown ? "font-mono text-xs text-ink-soft" : "text-ink-soft"}>{verb}</span>
      {target === undefined ? null : <span className="font-medium text-ink"> {target}</span>}
      {after === undefined ? null : <span className="text-ink-soft"> {after}</span>}
      {role === undefined ? null : <span className="text-ink-soft"> {role}</span>}
    </>
  );
}
