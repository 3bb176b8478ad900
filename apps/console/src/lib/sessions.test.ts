import { expect, test } from "vitest";
import { nameOfSession, pickSessions } from "./sessions.ts";

const named = (session_name: string) => ({ session_id: session_name, session_name });

test("sessions are found by a part of the name that is shown, whatever its case, page by page", () => {
  const sessions = ["About apples", "about\n PEARS", "Pears of autumn", ""].map(named);
  const page = (number: number) => pickSessions(sessions, { search: " pear ", page: number, limit: 1 });
  expect(page(1)).toMatchObject({
    data: [{ session_id: "about\n PEARS" }],
    meta: { total_count: 2, total_pages: 2 },
  });
  expect(page(2).data).toMatchObject([{ session_id: "Pears of autumn" }]);
  expect(page(3).data).toEqual([]);
});

test("a name is one line, and short", () => {
  expect(nameOfSession(named(" a\n\n b "))).toBe("a b");
  expect(nameOfSession(named("\n"))).toBe("Unnamed session");
  expect(nameOfSession(named("x".repeat(9_999)))).toHaveLength(120);
});
