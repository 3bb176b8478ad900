import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileGrants } from "./grants.ts";
import {
  compileRequirement,
  findGrant,
  leastScope,
  type PathParameters,
  requirementText,
} from "./requirement.ts";

const ADMIN = "agent_os:admin";
const ITEM_ROUTE = { adminScope: ADMIN, items: { agents: "agent_id" } };
const LIST_ROUTE = { adminScope: ADMIN };

interface Case {
  readonly held: readonly string[];
  readonly required: string;
  readonly route?: typeof ITEM_ROUTE | typeof LIST_ROUTE;
  readonly parameters?: PathParameters;
}

function grantFor({
  held,
  required,
  route = ITEM_ROUTE,
  parameters = { agent_id: "a1" },
}: Case): string | undefined {
  const requirement = compileRequirement(required, route);
  return requirement && findGrant(compileGrants(held, route.adminScope), requirement, parameters);
}

/** Contract section 2.2; each refusal stands beside a twin that differs in one field. */
describe("matching a scope against a requirement", () => {
  it.each([
    ["the admin scope", [ADMIN], "agents:run", ADMIN],
    ["the scope of the whole resource", ["agents:run"], "agents:run", "agents:run"],
    ["the wildcard", ["agents:*:run"], "agents:run", "agents:*:run"],
    ["the scope with an empty id", ["agents::run"], "agents:run", "agents::run"],
    ["the scope of this item", ["agents:a1:run"], "agents:run", "agents:a1:run"],
    ["an alias of the resource", ["system:read"], "config:read", "system:read"],
    ["the alias as the requirement", ["config:read"], "system:read", "config:read"],
    ["the second of several scopes", ["teams:run", "agents:run"], "agents:run", "agents:run"],
  ])("grants by %s", (_, held, required, grantedBy) => {
    expect(grantFor({ held, required })).toBe(grantedBy);
  });

  it.each([
    ["the scope of another item", ["agents:a2:run"]],
    ["an item whose name only begins alike", ["agents:a1x:run"]],
    ["another case", ["agents:A1:run"]],
    ["another action", ["agents:a1:read"]],
    ["another resource", ["teams:a1:run"]],
    ["a star alone", ["*"]],
    ["a star as the action", ["agents:*"]],
    ["a star as action of the item", ["agents:a1:*"]],
    ["a prefix of the admin scope", ["agent_os"]],
    ["no scope at all", []],
  ])("does not grant by %s", (_, held) => {
    expect(grantFor({ held, required: "agents:run" })).toBeUndefined();
    expect(grantFor({ held: [...held, "agents:a1:run"], required: "agents:run" })).toBe("agents:a1:run");
  });

  it("makes the usual admin scope useless once another one is configured", () => {
    const route = { ...ITEM_ROUTE, adminScope: "root" };
    expect(grantFor({ held: [ADMIN], required: "agents:run", route })).toBeUndefined();
    expect(grantFor({ held: ["root"], required: "agents:run", route })).toBe("root");
  });

  it("keeps the resource of a requirement that is not about the route's family (repair of Q6, A5)", () => {
    expect(grantFor({ held: ["agents:read"], required: "vault:read" })).toBeUndefined();
    expect(grantFor({ held: ["vault:read"], required: "vault:read" })).toBe("vault:read");
  });

  it("is satisfied by the identical scope on a path without an id (repair of Q7, A6)", () => {
    const parameters = {};
    const required = "custom:agents:list";
    expect(grantFor({ held: ["custom:agents:list"], required, route: LIST_ROUTE, parameters })).toBe(
      required,
    );
    expect(
      grantFor({ held: ["custom:teams:list"], required, route: LIST_ROUTE, parameters }),
    ).toBeUndefined();
  });

  it("takes the id from the parameter that a requirement names", () => {
    const required = "vault:{agent_id}:read";
    expect(grantFor({ held: ["vault:a1:read"], required })).toBe("vault:a1:read");
    expect(grantFor({ held: ["vault:a2:read"], required })).toBeUndefined();
    expect(grantFor({ held: ["vault:a1:read"], required, parameters: {} })).toBeUndefined();
  });

  it("takes no id from what every object has, and none from another parameter", () => {
    const required = "vault:{constructor}:read";
    for (const parameters of [{}, { agent_id: "a1" }])
      expect(grantFor({ held: ["vault:a1:read"], required, parameters })).toBeUndefined();
    expect(grantFor({ held: ["vault:a1:read"], required, parameters: { constructor: "a1" } })).toBe(
      "vault:a1:read",
    );
  });

  it("does not let a scope with the bare placeholder open every item", () => {
    expect(grantFor({ held: ["vault:{agent_id}:read"], required: "vault:{agent_id}:read" })).toBeUndefined();
  });

  it("requires exactly the item that a requirement fixes, whatever the path names", () => {
    expect(grantFor({ held: ["agents:a1:run"], required: "agents:vip:run" })).toBeUndefined();
    expect(grantFor({ held: ["agents:vip:run"], required: "agents:vip:run" })).toBe("agents:vip:run");
  });

  it.each(["vault:x{agent_id}:read", "vault:{agent_id}x:read", "vault:{agent-id}:read", "vault:{}:read"])(
    "takes the id of %s to the letter: only an id that is all placeholder names a parameter",
    (required) => {
      expect(grantFor({ held: ["vault:a1:read"], required })).toBeUndefined();
      expect(grantFor({ held: [required], required })).toBe(required);
      expect(grantFor({ held: ["vault:a1:read"], required: "vault:{agent_id}:read" })).toBe("vault:a1:read");
    },
  );

  it("takes a star in the place of the id for the item of the path, as if no id stood there", () => {
    const required = "agents:*:run";
    expect(grantFor({ held: ["agents:a1:run"], required })).toBe("agents:a1:run");
    expect(grantFor({ held: ["agents:a2:run"], required })).toBeUndefined();
    expect(grantFor({ held: ["agents:a1:run"], required, route: LIST_ROUTE })).toBeUndefined();
    expect(grantFor({ held: ["agents:run"], required, route: LIST_ROUTE })).toBe("agents:run");
  });

  it("grants a fixed item by the alias of its resource too, but no other item", () => {
    expect(grantFor({ held: ["config:x:read"], required: "system:x:read" })).toBe("config:x:read");
    expect(grantFor({ held: ["config:y:read"], required: "system:x:read" })).toBeUndefined();
  });

  it("names the scope that is identical to the requirement, where its alias is held as well", () => {
    const held = ["system:x:read", "config:x:read"];
    expect(grantFor({ held, required: "system:x:read" })).toBe("system:x:read");
    expect(grantFor({ held: held.toReversed(), required: "system:x:read" })).toBe("system:x:read");
  });

  it("takes no parameter, whatever its name, for the id of a requirement of a whole resource", () => {
    const parameters = { none: "a1", undefined: "a1" };
    const held = ["vault:a1:read"];
    expect(grantFor({ held, required: "vault:read", parameters })).toBeUndefined();
    expect(grantFor({ held, required: "vault:{none}:read", parameters })).toBe("vault:a1:read");
  });

  it("can require the admin scope by name", () => {
    const others = ["agents:run", "agent_os:*:admin", "agent_os::admin", "agent_os:a1:admin"];
    // The admin scope has no resource and no action: a scope that spells "nothing" must not be taken for it.
    for (const held of [...others, "undefined:undefined", "undefined:a1:undefined"]) {
      expect(grantFor({ held: [held], required: ADMIN })).toBeUndefined();
    }
    expect(grantFor({ held: [ADMIN], required: ADMIN })).toBe(ADMIN);
  });

  it.each(["", "agents", "a:b:c:d"])("does not compile %o", (text) => {
    expect(compileRequirement(text, ITEM_ROUTE)).toBeUndefined();
  });
});

describe("the least scope to add", () => {
  const least = (required: string, parameters: PathParameters, route = ITEM_ROUTE) => {
    const requirement = compileRequirement(required, route);
    return requirement && leastScope(requirement, parameters);
  };

  it("names the one item of the path", () => {
    expect(least("agents:run", { agent_id: "a1" })).toBe("agents:a1:run");
    expect(least("vault:{agent_id}:read", { agent_id: "a1" })).toBe("vault:a1:read");
  });

  it("is the requirement itself where no item is named", () => {
    expect(least("config:read", { agent_id: "a1" })).toBe("config:read");
    expect(least("agents:vip:run", { agent_id: "a1" })).toBe("agents:vip:run");
    expect(least("agents:run", {})).toBe("agents:run");
  });

  it("names a fixed item as declared, the alias of its resource included", () => {
    expect(least("system:x:read", { agent_id: "a1" })).toBe("system:x:read");
    expect(least("system:read", { agent_id: "a1" })).toBe("system:read");
  });

  it.each(["a:b", "*", "a b", ""])(
    "is the whole resource when the id %o cannot be written into a scope",
    (id) => {
      expect(least("agents:run", { agent_id: id })).toBe("agents:run");
      expect(least("vault:{agent_id}:read", { agent_id: id })).toBe("vault:read");
    },
  );

  it("always satisfies the requirement that it was made for", () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.constantFrom("agents:run", "vault:{agent_id}:read", "config:read"),
        (id, required) => {
          const scope = least(required, { agent_id: id }) ?? "";
          expect(grantFor({ held: [scope], required, parameters: { agent_id: id } })).toBe(scope);
        },
      ),
    );
  });
});

describe("the requirement as a refusal names it", () => {
  const named = (required: string, parameters: PathParameters) => {
    const requirement = compileRequirement(required, ITEM_ROUTE);
    return requirement && requirementText(requirement, parameters);
  };

  it("has its parameter filled in, as far as a scope can hold the value", () => {
    expect(named("vault:{agent_id}:read", { agent_id: "a1" })).toBe("vault:a1:read");
    expect(named("vault:{agent_id}:read", { agent_id: "*" })).toBe("vault:read");
    expect(named("vault:{agent_id}:read", {})).toBe("vault:read");
  });

  it("is as declared where it names no parameter, though the item of the path would do", () => {
    expect(named("agents:run", { agent_id: "a1" })).toBe("agents:run");
    expect(named("agents:*:run", { agent_id: "a1" })).toBe("agents:*:run");
    expect(named("system:x:read", { agent_id: "a1" })).toBe("system:x:read");
  });
});

describe("grants, whatever they are", () => {
  const part = fc.constantFrom("agents", "teams", "config", "a1", "a2", "*", "", "run", "read", "{agent_id}");
  const scope = fc.oneof(
    fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join(":")),
    fc.string(),
  );
  const required = fc.constantFrom(
    "agents:run",
    "agents:a1:run",
    "agents:{agent_id}:run",
    "config:read",
    "teams:read",
  );
  const parameters = fc.constantFrom<PathParameters>({ agent_id: "a1" }, { agent_id: "a2" }, {});

  it("never deny more when more is granted", () => {
    fc.assert(
      fc.property(fc.array(scope), fc.array(scope), required, parameters, (held, more, wanted, values) => {
        const before = grantFor({ held, required: wanted, parameters: values });
        const after = grantFor({ held: [...held, ...more], required: wanted, parameters: values });
        if (before !== undefined) expect(after).toBeDefined();
      }),
      { numRuns: 2_000 },
    );
  });

  it("for one item never open another", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (own, other) => {
        fc.pre(own !== other && own !== "*" && own !== "");
        expect(
          grantFor({ held: [`agents:${own}:run`], required: "agents:run", parameters: { agent_id: other } }),
        ).toBeUndefined();
      }),
      { numRuns: 1_000 },
    );
  });

  it("name as the granting scope only one that is held", () => {
    fc.assert(
      fc.property(fc.array(scope), required, parameters, (held, wanted, values) => {
        const grantedBy = grantFor({ held, required: wanted, parameters: values });
        if (grantedBy !== undefined) expect(held).toContain(grantedBy);
      }),
      { numRuns: 1_000 },
    );
  });
});

it("a placeholder may begin with a digit, as a parameter of a path may", () => {
  expect(compileRequirement("vault:{1}:read", { adminScope: "agent_os:admin" })).toMatchObject({
    id: { kind: "parameter", name: "1" },
  });
});
