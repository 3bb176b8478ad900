/** The little of a request that authentication reads: the same for web requests, Node requests and WebSocket upgrades. */

export interface RequestFacts {
  /** As sent: methods are case-sensitive (RFC 9110 section 9.1). */
  readonly method: string;
  /** Address of the peer as the socket says; undefined where the host does not tell. */
  readonly clientAddress?: string | undefined;
  /** Value of a header, by lower-case name; repeated headers joined with ", " as the Fetch standard does. */
  header(name: string): string | null;
}
