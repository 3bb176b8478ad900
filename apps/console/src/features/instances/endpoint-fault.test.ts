import { AgentOSRefusal, InvalidInput } from "@agentos/client";
import { expect, test } from "vitest";
import { faultOfEndpoint } from "./endpoint-fault.ts";

const refuse = (code: string, title: string) =>
  new AgentOSRefusal({ status: 422, code, title, detail: "No", fix: "give another one" });

test("says at the field what is wrong with an address, in the word that the field has", () => {
  expect(faultOfEndpoint(refuse("INSTANCE_ENDPOINT_INVALID", "the endpoint has a space in it"))).toBe(
    "The address has a space in it. Give another one.",
  );
  expect(
    faultOfEndpoint(
      refuse("INSTANCE_ENDPOINT_ON_CONSOLE_HOST", "the endpoint is on the host of this console"),
    ),
  ).toBe("The address is on the host of this console. Give another one.");
  expect(
    faultOfEndpoint(refuse("INSTANCE_ENDPOINT_TAKEN", 'the instance "Shop" has this endpoint already')),
  ).toBe('The instance "Shop" has this address already. Give another one.');
});

test("leaves to the form what is about something else, and what no control plane of ours says", () => {
  expect(faultOfEndpoint(null)).toBeUndefined();
  expect(faultOfEndpoint(refuse("INSTANCE_OWN_TOO_MANY", "you have connected 5 instances"))).toBeUndefined();
  const stranger = new AgentOSRefusal({ status: 422, detail: "the endpoint has a space in it" });
  expect(faultOfEndpoint(stranger)).toBeUndefined();
});

test("says what the server says of the field itself", () => {
  const error = new InvalidInput([{ location: ["body", "endpoint"], message: "is too long", type: "long" }]);
  expect(faultOfEndpoint(error)).toBe("Is too long.");
});
