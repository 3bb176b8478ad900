import { expect, test } from "vitest";
import { createOtherTabs, judgeNews, readNews } from "./other-tabs.ts";

test("what another tab does to the sign-in is judged by whose tab this is", () => {
  expect(judgeNews({ kind: "signed-out" }, "ann")).toBe("over");
  expect(judgeNews({ kind: "signed-in", personId: "ann" }, "ann")).toBe("back");
  expect(judgeNews({ kind: "signed-in", personId: "mia" }, "ann")).toBe("another");
  expect(judgeNews({ kind: "signed-in", personId: "mia" }, undefined)).toBe("nothing");
});

test.each([
  undefined,
  null,
  "signed-out",
  {},
  { kind: "other" },
  { kind: "signed-in" },
  { kind: "signed-in", personId: 1 },
])("%j is no news", (data) => expect(readNews(data)).toBeUndefined());

test("reaches the other tabs, until they listen no more", async () => {
  const [one, other] = [new BroadcastChannel("t"), new BroadcastChannel("t")];
  const heard: unknown[] = [];
  const first = new Promise<void>((resolve) => {
    const stop = createOtherTabs(other).listen((news) => {
      heard.push(news);
      stop();
      resolve();
    });
  });
  const tabs = createOtherTabs(one);
  tabs.tell({ kind: "signed-in", personId: "ann" });
  tabs.tell({ kind: "signed-out" });
  await first;
  expect(heard).toEqual([{ kind: "signed-in", personId: "ann" }]);
  one.close();
  other.close();
});
