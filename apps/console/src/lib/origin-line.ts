/** The line that lets the pages of a console call an instance: a JSON list, the one form that every AgentOS reads. */
export function writeOriginLine(origin: string): string {
  return `export CORS_ORIGIN_LIST='${JSON.stringify([origin])}'`;
}
