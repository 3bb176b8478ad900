// A process of another user: says what stops an AgentOS that reads its keys from the file that is named.
import { ConfigurationError } from "@agentos/guard";
import { AgentOS } from "@agentos/server";

// No file is closed to root. Here and not by whoever starts it: a clone may be in a folder that only root can enter.
if (process.getuid?.() === 0) {
  process.setgroups?.([]);
  process.setgid?.(65_534);
  process.setuid?.(65_534);
}

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
