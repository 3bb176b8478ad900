/** Who is signed in: an identity of the engine, with what the person is in each organization. */
import { compileGrants, createOwner, type Identity } from "@agentos/auth";
import { ADMIN_SCOPE } from "@agentos/contract";
import type { Role } from "../people/roles/built-in-roles.ts";
import type { Actor } from "../store/actor.ts";

/** Issuer of people that this control plane has signed in itself. */
const ISSUER = "control-plane";

export interface PersonMembership {
  readonly organizationId: string;
  readonly organizationName: string;
  readonly organizationCreatedAt: number;
  readonly role: Role;
  /** Another one after each change of the role. */
  readonly version: number;
  /** Seconds since the epoch. */
  readonly memberSince: number;
}

/** What is read of a session, each time that its cookie is sent. */
export interface SignedIn {
  readonly person: {
    readonly id: string;
    readonly name: string;
    readonly email: string;
    readonly hasPassword: boolean;
  };
  readonly session: { readonly id: string; readonly createdAt: number; readonly expiresAt: number };
  readonly memberships: readonly PersonMembership[];
}

export interface SignedInPerson extends Identity {
  readonly signedIn: SignedIn;
  /** Of the request that is answered. */
  readonly address: string | undefined;
}

/** Holds no scope until an organization is named: what a role gives, it gives there. */
export function createSignedInPerson(signedIn: SignedIn): Omit<SignedInPerson, "address"> {
  const { person, session } = signedIn;
  return {
    kind: "user",
    issuer: ISSUER,
    owner: createOwner(ISSUER, person.id),
    userId: person.id,
    subject: person.id,
    sessionId: undefined,
    scopes: [],
    grants: compileGrants([], ADMIN_SCOPE),
    claims: {},
    dependencies: undefined,
    sessionState: undefined,
    expiresAt: session.expiresAt,
    notBefore: undefined,
    keyLabel: undefined,
    signedIn,
  };
}

/** Undefined for whoever no session has named. */
export function asPerson(identity: Identity): SignedInPerson | undefined {
  return "signedIn" in identity && "address" in identity ? (identity as SignedInPerson) : undefined;
}

/** The person as they act in one organization: with the scopes of their role there. */
export function actIn(person: SignedInPerson, membership: PersonMembership): SignedInPerson {
  const { scopes } = membership.role;
  return { ...person, scopes, grants: compileGrants(scopes, ADMIN_SCOPE) };
}

/** Undefined where the person is no member. */
export function membershipIn(person: SignedInPerson, organizationId: string): PersonMembership | undefined {
  return person.signedIn.memberships.find((membership) => membership.organizationId === organizationId);
}

/** The person as they act, in the organization of a membership where there is one. */
export function actorOf(
  { signedIn: { person, session }, address }: SignedInPerson,
  membership?: PersonMembership,
): Actor {
  const standing = membership && {
    organizationId: membership.organizationId,
    version: membership.version,
    memberSince: membership.memberSince,
  };
  return { kind: "person", personId: person.id, name: person.name, sessionId: session.id, address, standing };
}
