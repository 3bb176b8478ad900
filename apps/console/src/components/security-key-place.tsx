/** Where a security key goes that is typed here: the address, who connected it, and what may be mistaken for it. */
import type { Instance } from "../lib/instance-state.ts";
import { useInstances } from "../lib/instances.ts";
import { findLookalikes, nameAddress } from "../lib/lookalikes.ts";
import { titleOfRole, useMembers } from "../lib/people.ts";
import { useServices } from "../lib/services.ts";
import { useSignedIn } from "../lib/session.ts";
import { clip } from "../lib/words.ts";
import { Notice } from "./notice.tsx";

export function SecurityKeyPlace({ instance }: { readonly instance: Instance }) {
  const { instanceClients } = useServices();
  const all = useInstances().data?.data ?? [];
  const connectedBy = useWhoConnected(instance);
  const before = instanceClients.findAddressOfKey(instance);
  const lookalikes = findLookalikes(instance, all);
  return (
    <div className="flex w-full min-w-0 flex-col gap-2">
      {before === undefined ? null : (
        <Notice tone="warn" title={`${clip(instance.name, 60)} is at another address now`}>
          The key that you typed is for <Address text={before} />. It was not sent to the new address. Ask who
          moved it before you type it again.
        </Notice>
      )}
      {lookalikes.length === 0 ? null : (
        <Notice tone="warn" title="Another instance has the same name, or one that looks like it">
          <ul>
            {lookalikes.slice(0, 5).map((other) => (
              <li key={other.id} className="wrap-anywhere">
                {clip(other.name, 60)} is at <Address text={nameAddress(other)} />.
              </li>
            ))}
          </ul>
        </Notice>
      )}
      <p className="text-sm text-ink wrap-anywhere">
        The key goes to <Address text={instance.endpoint ?? ""} />, and nowhere else. {connectedBy}
      </p>
    </div>
  );
}

function Address({ text }: { readonly text: string }) {
  return <code className="font-mono text-xs text-ink wrap-anywhere">{clip(text, 300)}</code>;
}

function useWhoConnected({ created_by: by }: Instance): string {
  const { person } = useSignedIn();
  const members = useMembers().data?.data ?? [];
  if (by === null) return "Who connected it is not known.";
  if (by === person.id) return "You connected it.";
  const member = members.find(({ person_id: id }) => id === by);
  return member === undefined
    ? "Somebody else connected it."
    : `${clip(member.name, 60)} (${titleOfRole(member.role)}) connected it.`;
}
