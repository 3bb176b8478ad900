/**
 * What one member may do to another, and what follows from it: said before it is done. The server decides again
 * (docs/decisions/0082-people-of-an-organization.md).
 */
import type { Member, Role } from "../../lib/people.ts";
import { joinWords } from "../../lib/words.ts";

/** Why a control is closed. */
export interface Obstacle {
  readonly title: string;
  readonly text: string;
}

/** Who acts: their id, and the scopes of their role. */
export interface Self {
  readonly personId: string;
  readonly scopes: readonly string[];
}

export interface Standing {
  readonly self: Self;
  readonly members: readonly Member[];
  readonly roles: readonly Role[];
}

function scopesOf(name: string, roles: readonly Role[]): readonly string[] | undefined {
  return roles.find((role) => role.name === name)?.scopes;
}

/** Nobody acts on who may more, and a role that is not known is taken for more. */
function isWithinOwn(name: string, { self, roles }: Standing): boolean {
  return scopesOf(name, roles)?.every((scope) => self.scopes.includes(scope)) ?? false;
}

function isLastOwner(member: Member, members: readonly Member[]): boolean {
  return member.role === "owner" && members.filter(({ role }) => role === "owner").length === 1;
}

function titleOf(name: string, roles: readonly Role[]): string {
  return roles.find((role) => role.name === name)?.title ?? name;
}

const withArticle = (title: string) => `${/^[aeiou]/i.test(title) ? "an" : "a"} ${title}`;

/** Roles whose holders may do what this role may. */
function whoMay(name: string, roles: readonly Role[]): string {
  const needed = scopesOf(name, roles) ?? [];
  const titles = roles
    .filter(({ scopes }) => needed.every((scope) => scopes.includes(scope)))
    .map(({ title }) => title);
  return titles.length === 0 ? "nobody" : withArticle(joinWords(titles, "or"));
}

function findAbove(member: Member, standing: Standing): Obstacle | undefined {
  if (isWithinOwn(member.role, standing)) return undefined;
  const title = titleOf(member.role, standing.roles);
  return {
    title: `${member.name} may more than you`,
    text: `Nobody changes who holds a role above their own. Ask ${whoMay(member.role, standing.roles)}. Role: ${title}.`,
  };
}

const LAST_OWNER: Obstacle = {
  title: "The last Owner has to stay",
  text: "Without an Owner nobody could manage this organization. Make another member Owner first.",
};

/** Why this member cannot be given this role. */
export function findRoleObstacle(member: Member, role: Role, standing: Standing): Obstacle | undefined {
  const above = findAbove(member, standing);
  if (above !== undefined) return above;
  if (!isWithinOwn(role.name, standing)) return describeGivingMore(role, standing);
  return role.name !== "owner" && isLastOwner(member, standing.members) ? LAST_OWNER : undefined;
}

/** Why a new member cannot be given this role. */
export function findNewRoleObstacle(role: Role, standing: Standing): Obstacle | undefined {
  return isWithinOwn(role.name, standing) ? undefined : describeGivingMore(role, standing);
}

function describeGivingMore({ name, title }: Role, { roles }: Standing): Obstacle {
  return {
    title: `Only ${whoMay(name, roles)} can make somebody ${title}`,
    text: "It gives more than your own role.",
  };
}

export function findRemovalObstacle(member: Member, standing: Standing): Obstacle | undefined {
  return findAbove(member, standing) ?? (isLastOwner(member, standing.members) ? LAST_OWNER : undefined);
}

export function findLinkObstacle(member: Member, standing: Standing): Obstacle | undefined {
  const above = findAbove(member, standing);
  if (above !== undefined) return above;
  if (member.person_id === standing.self.personId)
    return {
      title: "Nobody makes a link for themselves",
      text: "It would get around your current password. Change the password in Settings.",
    };
  return member.has_signed_in && !isWithinOwn("owner", standing)
    ? {
        title: "Only an Owner sets a new password for a member",
        text: "Whoever has that link acts as this member. Ask an Owner.",
      }
    : undefined;
}

export interface RoleChange {
  /** Scopes that the new role gives and the old one did not. */
  readonly gained: readonly string[];
  readonly lost: readonly string[];
}

export function compareRoles(before: Role | undefined, after: Role): RoleChange {
  const had = before?.scopes ?? [];
  return {
    gained: after.scopes.filter((scope) => !had.includes(scope)),
    lost: had.filter((scope) => !after.scopes.includes(scope)),
  };
}
