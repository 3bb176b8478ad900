/** Types of calls: what is needed is asked for, what is not there cannot be given, and answers are those of the schemas. */
import type { AgentObject, RunOutput } from "@agentos/contract";
import { expectTypeOf } from "vitest";
import type { AgentOSClient, ControlPlaneClient, StreamedEvent } from "../index.ts";

declare const client: AgentOSClient;
declare const controlPlane: ControlPlaneClient;

expectTypeOf(client.agents.list()).resolves.toEqualTypeOf<AgentObject[]>();
expectTypeOf(client.agents.list()).resolves.not.toBeAny();
expectTypeOf(client.call("agents.list")).resolves.toEqualTypeOf<AgentObject[]>();
expectTypeOf(
  client.agents.readRun({ parameters: { agent_id: "a", run_id: "r" }, query: { session_id: "s" } }),
).resolves.toEqualTypeOf<RunOutput>();
expectTypeOf(client.sessions.delete({ parameters: { session_id: "s" } })).resolves.toEqualTypeOf<undefined>();
expectTypeOf(controlPlane.tokens.mint).parameter(0).not.toBeAny();
expectTypeOf<StreamedEvent["event"]>().not.toBeAny();

const ids = { organization_id: "o", instance_id: "i" };
void controlPlane.tokens.mint({ parameters: ids, body: { purpose: "curl" } });
void controlPlane.keys.sign({ parameters: { ...ids, kid: "k" } });
void client.sessions.list({ query: { limit: 5, session_name: undefined } });

// @ts-expect-error -- a path parameter is missing
void client.agents.read({ parameters: {} });
// @ts-expect-error -- nothing is given
void client.agents.read();
// @ts-expect-error -- the route has no such query
void client.sessions.list({ query: { limits: 5 } });
// @ts-expect-error -- a number is asked for
void client.sessions.list({ query: { limit: "5" } });
// @ts-expect-error -- the route takes no body
void client.sessions.list({ body: {} });
// @ts-expect-error -- there is no such role
void controlPlane.members.add({ parameters: ids, body: { name: "A", email: "a@b.c", role: "Owner" } });
// @ts-expect-error -- there is no such route
void controlPlane.call("members.addAll", {});
// @ts-expect-error -- a planned route is not answered
void client.call("schedules.list");
