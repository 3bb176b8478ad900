/** Those who follow runs by index through this server, so that none of them keeps it from closing. */
import type { RunFollower, RunFollowers } from "./followers.ts";

export interface FollowRegistry {
  follow(runNo: number, after: number): RunFollower;
  /** Ends those who wait for what another server does: they go on through another one. */
  closeIdle(): void;
  close(): void;
}

export function createFollowRegistry(
  followers: RunFollowers,
  { isActiveHere }: { readonly isActiveHere: (runNo: number) => boolean },
): FollowRegistry {
  const open = new Map<RunFollower, number>();
  return {
    follow(runNo, after) {
      const follower = followers.follow(runNo, after);
      const registered: RunFollower = {
        ...follower,
        close() {
          open.delete(registered);
          follower.close();
        },
      };
      open.set(registered, runNo);
      return registered;
    },
    closeIdle() {
      for (const [follower, runNo] of open)
        if (!isActiveHere(runNo) && !follower.isBehind()) follower.close();
    },
    close: () => followers.close(),
  };
}
