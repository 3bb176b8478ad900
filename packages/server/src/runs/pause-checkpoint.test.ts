import { expect, it } from "vitest";
import { readPauseCheckpoint, writePauseCheckpoint } from "./pause-checkpoint.ts";
import type { RunMedia } from "./runnable.ts";

const media: readonly RunMedia[] = [
  {
    kind: "image",
    id: "i",
    mimeType: "image/png",
    source: { type: "bytes", bytes: new Uint8Array([0, 255]) },
  },
  {
    kind: "file",
    id: "f",
    mimeType: "text/plain",
    filename: "a.txt",
    source: { type: "url", url: "https://a.example/" },
  },
];

it("gives back what it was given", () => {
  const kept = { media, dependencies: { tenant: "t1", list: [1, null] } };
  expect(readPauseCheckpoint(writePauseCheckpoint(kept))).toEqual(kept);
});

it("keeps no credential", () => {
  const token = "agno_pat_0123456789abcdefghijABCDEFGHIJ0123456789abc";
  expect(writePauseCheckpoint({ media: [], dependencies: { key: token } })).not.toContain(token);
});

it.each([
  ["no JSON", "{"],
  ["another version", '{"version":2,"media":[],"dependencies":{}}'],
  ["media that are none", '{"version":1,"media":[{"kind":"image"}],"dependencies":{}}'],
  ["what belongs to nobody", '{"version":1,"media":[],"dependencies":{},"more":1}'],
])("does not take %s", (_, json) => {
  expect(readPauseCheckpoint(json)).toBeUndefined();
});

it("takes nothing for nothing", () => {
  expect(readPauseCheckpoint(undefined)).toEqual({ media: [], dependencies: {} });
});
