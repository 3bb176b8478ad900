import { Monitor, Moon, Sun } from "lucide-react";
import { KeyValueList } from "../../components/key-value-list.tsx";
import { PageHeader, Section } from "../../components/page-header.tsx";
import { SegmentedControl } from "../../components/segmented-control.tsx";
import { useMembership, useSignedIn } from "../../lib/session.ts";
import { chooseTheme, useTheme } from "../../lib/theme.ts";

export function SettingsPage() {
  const { person } = useSignedIn();
  const { organization, role } = useMembership();
  return (
    <>
      <PageHeader title="Settings" description="What concerns you alone." />
      <Section title="Profile">
        <KeyValueList
          items={[
            { name: "Name", value: person.name },
            { name: "E-mail", value: person.email },
            {
              name: "Role",
              value: `${role.charAt(0).toUpperCase()}${role.slice(1)} of ${organization.name}`,
            },
          ]}
        />
      </Section>
      <Section title="Theme" description="Kept in this browser.">
        <ThemeControl />
      </Section>
    </>
  );
}

function ThemeControl() {
  return (
    <SegmentedControl
      label="Theme"
      value={useTheme()}
      onChange={chooseTheme}
      segments={[
        {
          value: "system",
          label: "As the system",
          icon: <SegmentLook icon={<Monitor aria-hidden />} text="System" />,
        },
        { value: "light", label: "Light", icon: <SegmentLook icon={<Sun aria-hidden />} text="Light" /> },
        { value: "dark", label: "Dark", icon: <SegmentLook icon={<Moon aria-hidden />} text="Dark" /> },
      ]}
    />
  );
}

function SegmentLook({ icon, text }: { readonly icon: React.ReactNode; readonly text: string }) {
  return (
    <>
      {icon}
      {text}
    </>
  );
}
