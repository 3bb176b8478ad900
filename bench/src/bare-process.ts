// The limit that an AgentOS is compared with: `node:http` and nothing else, in a process of its own. It does what the
// request makes necessary (read and parse a form) and writes the recorded bytes as Node's documentation shows it.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { BareAnswer } from "./recorded-answer.ts";

const { status, headers, body, readsForm, waitsBetweenFrames } = JSON.parse(
  process.env["BENCH_ANSWER"] ?? "",
) as BareAnswer;

async function answer(response: ServerResponse): Promise<void> {
  response.writeHead(status, headers);
  if (typeof body === "string") {
    response.end(body);
    return;
  }
  for (const frame of body) {
    response.write(frame);
    if (waitsBetweenFrames) await new Promise(setImmediate);
  }
  response.end();
}

function answerForm(request: IncomingMessage, response: ServerResponse): void {
  let text = "";
  request.setEncoding("utf8");
  request.on("data", (chunk: string) => {
    text += chunk;
  });
  request.on("end", () => {
    const form = new URLSearchParams(text);
    if (form.has("message") && form.has("stream")) void answer(response);
    else response.writeHead(422).end();
  });
}

const server = createServer(readsForm ? answerForm : (_request, response) => void answer(response));
server.listen(0, "127.0.0.1", () => {
  process.send?.({ url: `http://localhost:${(server.address() as AddressInfo).port}` });
});

process.on("message", (message) => {
  if (message === "cpu") process.send?.({ cpu: process.cpuUsage() });
  if (message === "stop") server.close(() => process.disconnect());
});
