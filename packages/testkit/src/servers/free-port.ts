import { createServer } from "node:net";

/** A port that nobody listens on at this moment, for a program that has to be told one. */
export function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() =>
        typeof address === "object" && address !== null
          ? resolve(address.port)
          : reject(new Error("a listening socket has a port")),
      );
    });
  });
}
