/** Who may be behind a request that the guard let pass, for frameworks whose request objects we do not extend. */
import type { Access } from "@agentos/auth";

const granted = new WeakMap<object, Access>();

/** Called by the middleware, before the handler runs. */
export function grantAccess(request: object, access: Access): void {
  granted.set(request, access);
}

/** The access that the guard gave this request. Throws on a route without `protect`: such a request has no caller. */
export function accessOf(request: object): Access {
  const access = granted.get(request);
  if (access === undefined)
    throw new Error('this route is not protected: put "protect" in front of its handler');
  return access;
}
