/**
 * Which origins this document was kept from asking by its own policy. It names those of the instances that were known when the
 * document was loaded; one that was connected or moved since then is asked only by a document that is loaded anew.
 */
export interface PagePolicy {
  readonly hasBlocked: (url: string) => boolean;
}

/** What is read of it. */
type Violation = Readonly<Record<"blockedURI" | "effectiveDirective", string>>;

export function watchPagePolicy(target: Pick<EventTarget, "addEventListener">): PagePolicy {
  const origins = new Set<string>();
  target.addEventListener("securitypolicyviolation", (event) => {
    const { blockedURI, effectiveDirective } = event as Event & Violation;
    if (effectiveDirective === "connect-src" && URL.canParse(blockedURI))
      origins.add(new URL(blockedURI).origin);
  });
  return { hasBlocked: (url) => URL.canParse(url) && origins.has(new URL(url).origin) };
}
