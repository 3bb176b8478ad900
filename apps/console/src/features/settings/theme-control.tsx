import { Monitor, Moon, Sun } from "lucide-react";
import type { ReactNode } from "react";
import { SegmentedControl } from "../../components/segmented-control.tsx";
import { chooseTheme, useTheme } from "../../lib/theme.ts";

export function ThemeControl() {
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

function SegmentLook({ icon, text }: { readonly icon: ReactNode; readonly text: string }) {
  return (
    <>
      {icon}
      {text}
    </>
  );
}
