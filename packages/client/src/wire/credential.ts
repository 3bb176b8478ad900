/** What a request is let in by: a token, the cookie of a session, or nothing. */

/** The credential of one try. */
export interface CredentialInUse {
  readonly headers: Readonly<Record<string, string>>;
  /** Never shown, wherever a server may repeat them. */
  readonly secrets: readonly string[];
}

/** Where credentials come from. */
export interface Credential {
  /** What a browser does with the cookies that it holds itself. */
  readonly cookies: "omit" | "include";
  /** For one try, which no longer waits for it once its signal aborts. */
  take(signal: AbortSignal): Promise<CredentialInUse>;
  /** The server does not take the one in use: whether there is another one now. Default: there is none. */
  renew?(refused: CredentialInUse, signal: AbortSignal): Promise<boolean>;
  /** Told of each answer. Default: it learns nothing from it. */
  learn?(response: Response): void;
}

/** For a server that is open. */
export const NO_CREDENTIAL: Credential = {
  cookies: "omit",
  take: () => Promise.resolve({ headers: {}, secrets: [] }),
};

/** Replaces secrets in a text that a server has written. */
export function createHide({ secrets }: CredentialInUse): (text: string) => string {
  return (text) =>
    secrets.reduce((shown, secret) => (secret === "" ? shown : shown.replaceAll(secret, "[hidden]")), text);
}
