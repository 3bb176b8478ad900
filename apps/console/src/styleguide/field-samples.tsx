import { LayoutGrid, List, Search } from "lucide-react";
import { useState } from "react";
import { Checkbox } from "../components/checkbox.tsx";
import { Combobox } from "../components/combobox.tsx";
import { Field } from "../components/field.tsx";
import { Section } from "../components/page-header.tsx";
import { SegmentedControl } from "../components/segmented-control.tsx";
import { Select } from "../components/select.tsx";
import { Switch } from "../components/switch.tsx";
import { Tabs } from "../components/tabs.tsx";
import { TextArea, TextInput } from "../components/text-input.tsx";

const ROLES = [
  { value: "owner", label: "Owner", hint: "Everything" },
  { value: "administrator", label: "Administrator", hint: "Members, endpoints, switches and keys" },
  { value: "member", label: "Member", hint: "Uses and builds agents" },
] as const;
type Role = (typeof ROLES)[number]["value"];

export function FieldSamples() {
  const [role, setRole] = useState<Role | null>("member");
  const [agent, setAgent] = useState<Role | null>(null);
  const [isOn, setIsOn] = useState(true);
  const [isChecked, setIsChecked] = useState(true);
  const [view, setView] = useState<"list" | "grid">("list");
  const [word, setWord] = useState<"all" | "mine">("all");
  const [tab, setTab] = useState<"keys" | "policy" | "access">("keys");
  return (
    <Section title="Fields">
      <div className="grid gap-6 sm:grid-cols-2">
        <Field label="Name" hint="Shown to everybody in the organization.">
          <TextInput placeholder="Production" />
        </Field>
        <Field label="Endpoint" error="The endpoint has a query: leave out what follows the “?”.">
          <TextInput isCode defaultValue="https://agents.example.com?x=1" />
        </Field>
        <Field label="Search" isLabelHidden>
          <TextInput placeholder="Search sessions" icon={<Search />} />
        </Field>
        <Field label="Disabled" isDisabled>
          <TextInput defaultValue="Cannot be changed" />
        </Field>
        <Field label="Message">
          <TextArea placeholder="Ask the agent…" />
        </Field>
        <div className="flex flex-col gap-4">
          <Field label="Role">
            <Select options={ROLES} value={role} onChange={setRole} />
          </Field>
          <Field label="Find a role">
            <Combobox options={ROLES} value={agent} onChange={setAgent} />
          </Field>
        </div>
        <div className="flex flex-col gap-3">
          <Switch
            label="Authorization (JWT)"
            hint="Each person has a token of their own."
            isOn={isOn}
            onChange={setIsOn}
          />
          <Switch label="Security key" isOn={!isOn} onChange={(on) => setIsOn(!on)} />
          <Switch label="Disabled" isOn isDisabled onChange={() => undefined} />
          <Switch label="Disabled, off" isOn={false} isDisabled onChange={() => undefined} />
        </div>
        <div className="flex flex-col gap-3">
          <Checkbox label="I have copied the key" isChecked={isChecked} onChange={setIsChecked} />
          <Checkbox label="Some of them" isChecked={false} isMixed onChange={() => undefined} />
          <Checkbox label="None" hint="Nothing is sent." isChecked={false} onChange={() => undefined} />
          <Checkbox label="Disabled" isChecked isDisabled onChange={() => undefined} />
        </div>
        <div className="flex flex-wrap items-center gap-4">
          <SegmentedControl
            label="Which"
            value={word}
            onChange={setWord}
            segments={[
              { value: "all", label: "All" },
              { value: "mine", label: "Mine" },
            ]}
          />
          <SegmentedControl
            label="View"
            value={view}
            onChange={setView}
            segments={[
              { value: "list", label: "List", icon: <List aria-hidden /> },
              { value: "grid", label: "Grid", icon: <LayoutGrid aria-hidden /> },
            ]}
          />
        </div>
        <Tabs
          label="Instance"
          value={tab}
          onChange={setTab}
          tabs={[
            { value: "keys", label: "Keys", content: <p>Keys on both sides.</p> },
            { value: "policy", label: "Policy", content: <p>What it enforces.</p> },
            { value: "access", label: "Access", content: <p>Who may do what.</p> },
          ]}
        />
      </div>
    </Section>
  );
}
