/**
 * An AgentOS that runs in this very process, as with `agentos dev`: a switch really reconfigures it. Whoever starts both
 * gives it to the control plane.
 */

/** What is meant to be in force there. */
export interface LocalConfiguration {
  /** *Authorization (JWT)*. */
  readonly authorization: boolean;
  /** *Security key*. Which key that is, whoever started the AgentOS knows, and nobody else. */
  readonly securityKey: boolean;
  /** The instance as this control plane knows it. */
  readonly instanceId: string;
  /** Of its issuer, below which are discovery document and key set. */
  readonly issuerId: string;
  /** Audience of its tokens; null where the id of the AgentOS is not known yet. */
  readonly osId: string | null;
}

export interface LocalInstance {
  /**
   * Id of the instance that it obeys, whoever else has connected the endpoint. Default: the one that was connected there
   * first.
   */
  readonly instanceId?: string | undefined;
  /** Where it listens, as people give it to the control plane, such as `http://localhost:7777`. */
  readonly endpoint: string;
  /**
   * Puts the configuration in force; called one at a time, after the change is committed. When it rejects, what was in
   * force there still is, and the instance gets a finding that says so.
   */
  readonly apply: (configuration: LocalConfiguration) => Promise<void>;
}
