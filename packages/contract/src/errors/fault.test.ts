import { describe, expect, it } from "vitest";
import { FAULTS, type FaultCode } from "./error-catalogue.ts";
import { createFault, renderFault } from "./fault.ts";
import { placesOf } from "./render.ts";

describe("createFault", () => {
  it("takes the severity of the entry, or that of this case", () => {
    const facts = { problem: "it is short" };
    expect(createFault({ code: "CONFIG_SECURITY_KEY_WEAK", facts }).severity).toBe("warning");
    expect(createFault({ code: "CONFIG_SECURITY_KEY_WEAK", facts, severity: "error" }).severity).toBe(
      "error",
    );
  });

  it("freezes a copy of the facts", () => {
    const facts = { port: 80 };
    const fault = createFault({ code: "CONFIG_PORT_IN_USE", facts });
    facts.port = 81;
    expect(fault.facts).toEqual({ port: 80 });
    expect(Object.isFrozen(fault) && Object.isFrozen(fault.facts)).toBe(true);
  });
});

describe("renderFault", () => {
  it("fills the places of the catalogue's texts", () => {
    expect(renderFault(createFault({ code: "CONFIG_PORT_IN_USE", facts: { port: 80 } }), "agentos")).toEqual({
      code: "CONFIG_PORT_IN_USE",
      facts: { port: 80 },
      severity: "error",
      message: "port 80 is in use",
      fix: "stop the program that listens on it, or choose another port: 0 takes a free one",
    });
    expect(renderFault(createFault({ code: "CONFIG_KEYS_MISSING" }), "npx agentos").fix).toContain(
      "`npx agentos keys generate`",
    );
  });

  it("puts the place before the message once, with what its value was given by", () => {
    const key = { code: "KEY_PRIVATE", at: "verificationKeys[0]" } as const;
    const found = "RSA";
    const message = (facts: { readonly found: string; readonly from?: string }) =>
      renderFault(createFault({ ...key, facts }), "agentos").message;
    expect(message({ found })).toMatch(/^"verificationKeys\[0\]": a private key \(RSA\)/);
    expect(message({ found, from: "env:KEY" })).toMatch(/^"verificationKeys\[0\]" \(env:KEY\): a private/);
    const option = createFault({ code: "CONFIG_OPTION_INVALID", at: "id", facts: { problem: "is empty" } });
    expect(renderFault(option, "agentos")).toMatchObject({ at: "id", message: '"id": is empty' });
  });

  it("says whose option it is, and the better fix of this case, word for word", () => {
    const facts = { problem: "is empty", of: 'agent "a"', suggestion: 'write "steps": [{cli}]' };
    const fault = createFault({ code: "CONFIG_OPTION_INVALID", at: "id", facts });
    expect(renderFault(fault, "agentos")).toMatchObject({
      message: 'agent "a": "id": is empty',
      fix: 'write "steps": [{cli}]',
    });
  });

  it.each(Object.keys(FAULTS) as FaultCode[])("renders %s without a place left over", (code) => {
    const { title, fix, severity } = FAULTS[code];
    const facts = Object.fromEntries([...placesOf(title), ...placesOf(fix)].map((name) => [name, "X"]));
    const rendered = renderFault(createFault({ code, facts }), "agentos");
    expect(rendered.severity).toBe(severity);
    expect(`${rendered.message} ${rendered.fix}`).not.toMatch(/\{[a-z_]+\}|…,/);
  });
});
