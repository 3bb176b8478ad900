/** An address as people type it. Pure. */

/** This machine by its names, and a port or a path after it. */
const OWN_MACHINE = /^(?:localhost|(?:[a-z0-9-]+\.)+localhost|127(?:\.\d{1,3}){3})(?=[:/]|$)/i;

/** This machine speaks http where nothing else is said. Of any other the person says it: a guess would be sent to a stranger. */
export function completeAddress(typed: string): string {
  const text = typed.trim();
  return OWN_MACHINE.test(text) ? `http://${text}` : text;
}
