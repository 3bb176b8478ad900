import { randomBytes } from "node:crypto";
import { renderFault } from "@agentos/contract";
import { describe, expect, it } from "vitest";
import { parseSecrets } from "./parse-secrets.ts";

const read = (text: string) => parseSecrets(text, "VARIABLE");

describe("the installation's secrets", () => {
  it("are read in hexadecimal and both forms of base64, in their order, with commas or line ends between them", () => {
    const secrets = [0, 1, 2, 3].map(() => randomBytes(32));
    const [first, second, third, fourth] = secrets;
    const text = `${first?.toString("hex").toUpperCase()},${second?.toString("base64")}\n ${third?.toString("base64url")}, ${fourth?.toString("hex")}\n`;
    const parsed = read(text);
    expect(parsed.ok && parsed.value.map((one) => Buffer.from(one).toString("hex"))).toEqual(
      secrets.map((one) => one.toString("hex")),
    );
  });

  it.each([
    ["nothing", " ,\n", "is missing"],
    ["16 bytes", randomBytes(16).toString("hex"), "has 32 characters"],
    ["31 bytes", randomBytes(31).toString("base64"), "has 44 characters"],
    ["33 bytes", randomBytes(33).toString("hex"), "has 66 characters"],
    ["a word", "changeme", "has 8 characters"],
    [
      "the secret of a tutorial",
      "09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7",
      "can be guessed: it is on a public list",
    ],
    ["nothing but zeros", Buffer.alloc(32).toString("base64"), "can be guessed"],
    ["one letter over and over, in base64", Buffer.alloc(32, "a").toString("base64"), "can be guessed"],
    [
      "a phrase of 32 letters, in hexadecimal",
      Buffer.from("secretsecretsecretsecretsecretse").toString("hex"),
      "can be guessed",
    ],
  ])("are refused by name where there is %s, and are not repeated", (_, text, problem) => {
    const parsed = read(text);
    if (parsed.ok) throw new Error("it was read");
    const [fault] = parsed.fault.map((one) => renderFault(one, "agentos"));
    expect(fault?.code).toBe("CONFIG_SEALING_KEY_INVALID");
    expect(fault?.message).toContain(`key 1 in "VARIABLE" ${problem}`);
    if (text.trim().length > 3) expect(JSON.stringify(fault)).not.toContain(text);
  });

  it("are refused together: each that cannot be used is named by its place", () => {
    const parsed = read(`short,${randomBytes(32).toString("hex")},shorter`);
    expect(!parsed.ok && parsed.fault.map(({ facts }) => facts["number"])).toEqual([1, 3]);
  });

  it("are eight at most", () => {
    const many = Array.from({ length: 20 }, () => randomBytes(32).toString("hex"));
    expect(read(many.slice(0, 8).join(",")).ok).toBe(true);
    const parsed = read(many.join(","));
    expect(!parsed.ok && parsed.fault).toHaveLength(1);
  });
});
