// The pages that people read: their links and pictures are there, what they call a button is a button of the console, and
// they name no place that is ours alone.
import { existsSync, globSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, expect, test } from "vitest";
import { findPages } from "./doc-code/check.ts";

const root = join(import.meta.dirname, "..");
const read = (path: string) => readFileSync(join(root, path), "utf8");
const pages = findPages(root).filter((path) => !path.startsWith("docs/decisions/"));
const IMAGES = "docs/images/console";
const MOST_BYTES = 3_000_000;
const MOST_WIDTH = 1_280;

/** Without code, whose brackets and stars are its own. */
const proseOf = (path: string) =>
  read(path)
    .replaceAll(/^ *```.*?^ *```$/gms, "")
    .replaceAll(/`[^`\n]*`/g, "");

/** What can stand behind # in a link to this page. */
function anchorsOf(path: string): ReadonlySet<string> {
  const markdown = read(path).replaceAll(/^ *```.*?^ *```$/gms, "");
  const headings = [...markdown.matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
  return new Set([...headings, ...[...markdown.matchAll(/<a id="([^"]+)">/g)].map(([, id = ""]) => id)]);
}

test.each(pages)("%s: each link leads somewhere", (path) => {
  const dead = [...proseOf(path).matchAll(/\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]+))?\)/g)].flatMap(
    ([whole, file = "", anchor]) => {
      const target = file === "" ? path : relative(root, join(root, dirname(path), file));
      if (!existsSync(join(root, target))) return [whole];
      return anchor === undefined || !target.endsWith(".md") || anchorsOf(target).has(anchor) ? [] : [whole];
    },
  );
  expect(dead).toEqual([]);
});

test("no page names a registry of packages, or a folder of somebody's machine", () => {
  const named = pages.flatMap((path) =>
    [...read(path).matchAll(/registry\.\w+\.\w+|\/(?:home|Users|root|work)\/\w*/g)].map(
      ([text]) => `${path}: ${text}`,
    ),
  );
  expect(named).toEqual([]);
});

describe("pictures", () => {
  const files = globSync(`${IMAGES}/*`, { cwd: root }).toSorted();

  test("each is shown in a page, says what it shows, and is none of many", () => {
    const shown = pages.flatMap((path) =>
      [...proseOf(path).matchAll(/!\[([^\]]*)\]\(([^)]+)\)/g)].map(([, alternative = "", file = ""]) => {
        expect(alternative, file).toMatch(/\w+ \w+/);
        return join(dirname(path), file);
      }),
    );
    expect([...new Set(shown)].toSorted()).toEqual(files);
  });

  test("they are small: for a page on a phone, and for a clone", () => {
    // Width of a PNG: four bytes behind its signature and the head of its first chunk.
    const wide = files.filter((file) => readFileSync(join(root, file)).readUInt32BE(16) > MOST_WIDTH);
    expect(wide).toEqual([]);
    const bytes = files.reduce((sum, file) => sum + statSync(join(root, file)).size, 0);
    expect(bytes).toBeLessThan(MOST_BYTES);
  });
});

describe("words of the console", () => {
  const source = globSync(["apps/console/src/**/*.{ts,tsx}", "packages/cli/src/demo/demo-agents.ts"], {
    cwd: root,
  })
    .filter((path) => !/\.test\.ts$|\/styleguide\//.test(path))
    .map(read)
    .join("\n")
    .replaceAll(/\s+/g, " ");

  test.each([
    "README.md",
    "docs/authorization.md",
    "docs/console.md",
    "docs/control-plane.md",
    "docs/security.md",
    "docs/troubleshooting.md",
  ])("%s: what stands in italics is a word of the console", (path) => {
    const words = [...proseOf(path).matchAll(/(?<![*\w])\*(?![*\s])([^*\n]+)\*(?!\*)/g)].map(
      ([, word = ""]) =>
        // A name that the reader has given is no word of the console.
        word.replace(/ Shop$/, ""),
    );
    expect([...new Set(words)].filter((word) => !source.includes(word))).toEqual([]);
  });
});

test("docs/client.md has each option of the client", () => {
  const interfaces: Readonly<Record<string, readonly string[]>> = {
    "packages/client/src/wire/client-options.ts": ["ClientOptions"],
    "packages/client/src/wire/runtime.ts": ["ClientRuntime"],
    "packages/client/src/wire/call-types.ts": ["CallOptions"],
    "packages/client/src/agentos/create-agentos-client.ts": ["AgentOSClientOptions"],
    "packages/client/src/agentos/run-methods.ts": ["RunOptions", "StreamOptions", "RunStreamOptions"],
    "packages/client/src/instance/connect-instance.ts": ["InstanceConnection"],
    "packages/client/src/control-plane/create-control-plane-client.ts": ["ControlPlaneClientOptions"],
  };
  const options = Object.entries(interfaces).flatMap(([path, names]) =>
    names.flatMap((name) => {
      const [, body = ""] = new RegExp(`interface ${name}\\b.*?\\{\\n(.*?)^\\}`, "ms").exec(read(path)) ?? [];
      const found = [...body.matchAll(/^ {2}readonly (\w+)/gm)].map(([, option = ""]) => option);
      expect(found, name).not.toEqual([]);
      return found;
    }),
  );
  const page = read("docs/client.md");
  expect(options.filter((option) => !page.includes(`\`${option}\``))).toEqual([]);
});
