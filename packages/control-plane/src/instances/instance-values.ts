/** What may be said of an instance by a person, as a row holds it, and as the audit log keeps it. */
import type { changedInstanceSchema, newInstanceSchema } from "@agentos/contract/control-plane";
import type { z } from "zod";
import { reject } from "../store/rejected.ts";
import type { InstanceRow } from "./find-instance.ts";
import { parseEndpoint } from "./parse-endpoint.ts";
import { readTags } from "./show-instance.ts";

export type NewInstance = z.output<typeof newInstanceSchema>;
export type ChangedInstance = z.output<typeof changedInstanceSchema>;
type Values = Pick<
  InstanceRow,
  "name" | "endpoint" | "environment" | "tags_json" | "stated_version" | "os_id"
>;

/** Of what was given, the columns; what was left out stays as it is. Rejects with INSTANCE_ENDPOINT_INVALID. */
export function toValues(given: ChangedInstance): Partial<Values> {
  return {
    ...(given.name === undefined ? {} : { name: given.name }),
    ...(given.endpoint === undefined ? {} : { endpoint: requireEndpoint(given.endpoint) }),
    ...(given.environment === undefined ? {} : { environment: given.environment }),
    ...(given.tags === undefined ? {} : { tags_json: JSON.stringify([...new Set(given.tags)]) }),
    ...(given.stated_version === undefined ? {} : { stated_version: given.stated_version }),
    ...(given.os_id === undefined ? {} : { os_id: given.os_id }),
  };
}

/** Each is in the policy of everybody's page, which proxies read up to an end. */
export const MAX_HOST_CHARACTERS = 120;

function requireEndpoint(text: string): string {
  const parsed = parseEndpoint(text);
  if (!parsed.ok) throw reject("INSTANCE_ENDPOINT_INVALID", { problem: parsed.problem });
  const { length } = parsed.value.host;
  if (length > MAX_HOST_CHARACTERS) {
    const problem = `has a host name of ${length} characters; it may have ${MAX_HOST_CHARACTERS}`;
    throw reject("INSTANCE_ENDPOINT_INVALID", { problem });
  }
  return parsed.value.endpoint;
}

/** True where something would be another one. */
export function isChange(row: InstanceRow, values: Partial<InstanceRow>): boolean {
  return Object.entries(values).some(([name, value]) => row[name as keyof InstanceRow] !== value);
}

/** For the audit log. */
export function describeRow(
  row: Omit<InstanceRow, "instance_id" | "organization_id" | "created_at" | "updated_at" | "created_by">,
) {
  return {
    name: row.name,
    endpoint: row.endpoint,
    environment: row.environment,
    tags: readTags(row),
    is_draft: row.is_draft === 1,
    os_id: row.os_id,
    stated_version: row.stated_version,
    authorization: row.wants_authorization === 1,
    security_key: row.wants_security_key === 1,
  };
}

/** Only what differs, on both sides. */
export function describeDifference(before: InstanceRow, after: InstanceRow) {
  const [was, is] = [describeRow(before), describeRow(after)];
  const names = Object.keys(was).filter(
    (name) => JSON.stringify(was[name as keyof typeof was]) !== JSON.stringify(is[name as keyof typeof is]),
  );
  const pick = (values: Readonly<Record<string, unknown>>) =>
    Object.fromEntries(names.map((name) => [name, values[name]]));
  return { before: pick(was), after: pick(is) };
}
