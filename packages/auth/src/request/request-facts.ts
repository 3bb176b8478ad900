/** The little of a request that authentication reads: the same for web requests, Node requests and WebSocket upgrades. */

export interface RequestFacts {
  /** As sent: methods are case-sensitive (RFC 9110 section 9.1). */
  readonly method: string;
  /**
   * Address of the client: that of the peer as the socket says or, where the operator trusts that peer as a proxy, the
   * one that it names. Undefined where the host does not tell.
   */
  readonly clientAddress?: string | undefined;
  /** The peer is a proxy that the operator trusts, and `clientAddress` is what it says. Default false. */
  readonly isThroughTrustedProxy?: boolean | undefined;
  /** Names of all headers that were sent, in any case. Undefined where the host cannot tell. */
  headerNames?: (() => Iterable<string>) | undefined;
  /** Value of a header, by lower-case name; repeated headers joined with ", " as the Fetch standard does. */
  header(name: string): string | null;
}
