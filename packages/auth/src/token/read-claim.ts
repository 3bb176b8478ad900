/** A claim by its name, or by a path of names joined by dots into nested claims. */
import { isRecord } from "@agentos/contract";

/** The claims of a token. */
export type Claims = Readonly<Record<string, unknown>>;

/** Names in the longest path that is followed; issuers nest two or three deep. */
const MAX_PATH_NAMES = 8;

/**
 * Reads a claim; undefined where there is none. The text is first taken as a name (`https://example.com/roles`), then as
 * a path (`realm_access.roles`), in which a name may hold dots itself: of several ways to take it apart the one with the
 * longest first name wins. Own properties only, and lists are not looked into.
 */
export function readClaim(claims: Claims, nameOrPath: string): unknown {
  if (Object.hasOwn(claims, nameOrPath)) return claims[nameOrPath];
  return follow(claims, nameOrPath, MAX_PATH_NAMES);
}

/** Each nested object is entered once at most: the path so far is its only name. */
function follow(claims: Claims, path: string, namesLeft: number): unknown {
  if (Object.hasOwn(claims, path)) return claims[path];
  if (namesLeft <= 1) return undefined;
  for (let dot = path.lastIndexOf("."); dot > 0; dot = path.lastIndexOf(".", dot - 1)) {
    const name = path.slice(0, dot);
    const inner = Object.hasOwn(claims, name) ? claims[name] : undefined;
    const found = isRecord(inner) ? follow(inner, path.slice(dot + 1), namesLeft - 1) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}
