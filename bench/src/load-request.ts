/** What is asked of a measured server again and again. */
export interface LoadRequest {
  readonly path: string;
  readonly token?: string | undefined;
  /** Sent urlencoded, with POST. */
  readonly form?: Readonly<Record<string, string>> | undefined;
}
