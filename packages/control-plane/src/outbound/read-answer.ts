/** Reads what an instance answered: bounded, JSON, neither compressed nor a redirect. */
import type { IncomingMessage } from "node:http";
import { parseJson } from "@agentos/guard/app";
import type { InstanceAnswer } from "./call-instance.ts";

const MAX_BODY_BYTES = 64 * 1024;

/** Rejects with what broke the connection. */
export async function readAnswer(response: IncomingMessage): Promise<InstanceAnswer> {
  const { statusCode: status = 0, headers } = response;
  if (status >= 300 && status < 400)
    return unusable(`it answers with a redirect (${status}), and those are not followed`);
  if ((headers["content-encoding"] ?? "identity").toLowerCase() !== "identity")
    return unusable("its answer is compressed, which was not asked for");
  const isJson = /^application\/(?:[\w.-]+\+)?json(?:\s*;|\s*$)/i.test(headers["content-type"] ?? "");
  // A refusal counts by its status, whatever words stand beside it.
  if (!isJson) return status < 300 ? noAgentOS() : { kind: "answered", status, body: undefined };
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.byteLength;
    if (size > MAX_BODY_BYTES) return unusable(`its answer is larger than ${MAX_BODY_BYTES / 1024} KiB`);
    chunks.push(chunk);
  }
  const body = parseJson(Buffer.concat(chunks).toString("utf8"));
  if (body === undefined && status < 300) return noAgentOS();
  return { kind: "answered", status, body };
}

function noAgentOS(): InstanceAnswer {
  return unusable("what answers there is no AgentOS: its answer is not JSON");
}

function unusable(reason: string): InstanceAnswer {
  return { kind: "unreachable", reason };
}
