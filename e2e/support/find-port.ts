/** A port for a server that is stopped and started anew at the same address. */
import { randomInt } from "node:crypto";
import { createServer } from "node:net";

/** Given already: an instance of a control plane has its address for good. */
const given = new Set<number>();

/** None of those that the system hands out (from 32768 on), so nobody takes it in between. */
export async function findPort(): Promise<number> {
  for (;;) {
    const port = randomInt(20_000, 32_000);
    if (given.has(port)) continue;
    given.add(port);
    const server = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      server.once("error", () => resolve(false));
      server.listen(port, "localhost", () => resolve(true));
    });
    await new Promise<void>((resolve) => void server.close(() => resolve()));
    if (isFree) return port;
  }
}
