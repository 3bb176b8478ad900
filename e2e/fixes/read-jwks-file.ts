// A process of another user: says what stops an AgentOS that reads its keys from the file that is named.
import { ConfigurationError } from "@agentos/guard";
import { AgentOS } from "@agentos/server";

const os = new AgentOS({
  database: null,
  id: "agent-os",
  env: {},
  authorizationConfig: { jwksFile: process.argv[2] },
});
try {
  await os.ready();
  console.log("[]");
} catch (error) {
  if (!(error instanceof ConfigurationError)) throw error;
  console.log(JSON.stringify(error.faults.map(({ code, fix }) => ({ code, fix, place: "start" }))));
}
await os.close();
