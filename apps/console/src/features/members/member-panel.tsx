/** One member: what they are, and what may be changed about them, each with its consequence said before. */
import { Avatar } from "../../components/avatar.tsx";
import { CopyableId } from "../../components/copyable-id.tsx";
import { KeyValueList } from "../../components/key-value-list.tsx";
import { RelativeTime } from "../../components/relative-time.tsx";
import { SidePanel } from "../../components/side-panel.tsx";
import { Status } from "../../components/status.tsx";
import { TextLink } from "../../components/text-link.tsx";
import { type Member, type Role, titleOfRole } from "../../lib/people.ts";
import { useMembership, useMissingScopes, useSignedIn } from "../../lib/session.ts";
import { ChangeRole } from "./change-role.tsx";
import { MemberLink } from "./member-link.tsx";
import type { Standing } from "./member-rules.ts";
import { RemoveMember } from "./remove-member.tsx";

export interface MemberPanelProps {
  readonly personId: string | undefined;
  /** Undefined while they are not known. */
  readonly members: readonly Member[] | undefined;
  readonly roles: readonly Role[];
  readonly onClose: () => void;
}

export function MemberPanel({ personId, members, roles, onClose }: MemberPanelProps) {
  const { person } = useSignedIn();
  const { scopes } = useMembership();
  const member = members?.find(({ person_id: id }) => id === personId);
  const isOpen = personId !== undefined && members !== undefined;
  return (
    <SidePanel
      title={member?.name ?? "No such member"}
      isOpen={isOpen}
      onOpenChange={(next) => (next ? undefined : onClose())}
    >
      {member === undefined ? (
        <p className="text-sm text-ink-soft">
          They were removed from the organization, or this address is not whole. What they did stays in the
          audit log.
        </p>
      ) : (
        <MemberDetail
          key={`${member.person_id} ${member.role}`}
          member={member}
          standing={{ self: { personId: person.id, scopes }, members: members ?? [], roles }}
          onRemoved={onClose}
        />
      )}
    </SidePanel>
  );
}

interface MemberDetailProps {
  readonly member: Member;
  readonly standing: Standing;
  readonly onRemoved: () => void;
}

function MemberDetail({ member, standing, onRemoved }: MemberDetailProps) {
  const { roles, self } = standing;
  const isSelf = member.person_id === self.personId;
  const cannotSeeAudit = useMissingScopes(["authz:read"]) !== undefined;
  return (
    <>
      <div className="flex items-center gap-3">
        <Avatar name={member.name} />
        <div className="flex min-w-0 flex-col text-sm">
          <span className="text-ink wrap-anywhere">{member.email}</span>
          <span className="text-xs text-ink-soft">
            {titleOfRole(member.role, roles)}
            {isSelf ? ", you" : ""}
          </span>
        </div>
      </div>
      <KeyValueList
        items={[
          {
            name: "Sign-in",
            value: member.has_signed_in ? (
              "Has signed in"
            ) : (
              <Status tone="warn" word="Invited, not signed in yet" />
            ),
          },
          { name: "Added", value: <RelativeTime seconds={member.created_at} /> },
          { name: "Subject", value: <CopyableId id={member.person_id} /> },
          ...(cannotSeeAudit
            ? []
            : [
                {
                  name: "Audit",
                  value: (
                    <span className="flex flex-wrap gap-x-4">
                      <TextLink to="/audit" search={{ person: member.person_id }}>
                        What {isSelf ? "you" : "they"} did
                      </TextLink>
                      <TextLink to="/audit" search={{ target: member.person_id }}>
                        What was done to {isSelf ? "you" : "them"}
                      </TextLink>
                    </span>
                  ),
                },
              ]),
        ]}
      />
      <ChangeRole member={member} standing={standing} />
      <MemberLink member={member} standing={standing} />
      <RemoveMember member={member} standing={standing} onRemoved={onRemoved} />
    </>
  );
}
