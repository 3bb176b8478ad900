import { Ellipsis, LogOut, Server, Settings, Trash2, Users } from "lucide-react";
import { useState } from "react";
import { Button } from "../components/button.tsx";
import { CommandPalette } from "../components/command-palette.tsx";
import { Dialog, DialogClose } from "../components/dialog.tsx";
import { Field } from "../components/field.tsx";
import { IconButton } from "../components/icon-button.tsx";
import { KeyValueList } from "../components/key-value-list.tsx";
import { Menu, MenuGroup, MenuItem, MenuSeparator } from "../components/menu.tsx";
import { Section } from "../components/page-header.tsx";
import { SidePanel } from "../components/side-panel.tsx";
import { TextInput } from "../components/text-input.tsx";
import { useToast } from "../components/toast.tsx";

const none = () => undefined;

export function OverlaySamples() {
  const [open, setOpen] = useState<"dialog" | "panel" | "palette" | undefined>();
  const showToast = useToast();
  const bind = (name: typeof open) => ({
    isOpen: open === name,
    onOpenChange: (isOpen: boolean) => setOpen(isOpen ? name : undefined),
  });
  return (
    <Section title="Layers">
      <div className="flex flex-wrap gap-2">
        <Button onClick={() => setOpen("dialog")}>Dialog</Button>
        <Button onClick={() => setOpen("panel")}>Side panel</Button>
        <Button onClick={() => setOpen("palette")}>Commands</Button>
        <Button
          onClick={() =>
            showToast({ title: "The role was changed", description: "Tokens of the old one were revoked." })
          }
        >
          Toast
        </Button>
        <Button
          onClick={() =>
            showToast({
              title: "Signing out failed",
              description: "The server cannot be reached. You are still signed in: try again.",
              isFault: true,
            })
          }
        >
          Toast of a fault
        </Button>
        <Menu trigger={<IconButton label="More" icon={<Ellipsis aria-hidden />} hasTooltip={false} />}>
          <MenuGroup label="Instance">
            <MenuItem icon={<Settings aria-hidden />} onSelect={none}>
              Settings
            </MenuItem>
            <MenuItem icon={<LogOut aria-hidden />} onSelect={none} isDisabled>
              Disconnect
            </MenuItem>
          </MenuGroup>
          <MenuSeparator />
          <MenuItem icon={<Trash2 aria-hidden />} onSelect={none} isDanger>
            Delete
          </MenuItem>
        </Menu>
      </div>
      <Dialog
        {...bind("dialog")}
        title="Delete “Production”?"
        description="Its keys are forgotten, and every token of this control plane for it ends. The AgentOS itself stays as it is."
        actions={
          <>
            <DialogClose>
              <Button>Cancel</Button>
            </DialogClose>
            <Button variant="danger">Delete instance</Button>
          </>
        }
      >
        <Field label="Type its name to go on">
          <TextInput placeholder="Production" />
        </Field>
      </Dialog>
      <SidePanel
        {...bind("panel")}
        title="Refusal"
        actions={<Button variant="primary">Try the same request again</Button>}
      >
        <KeyValueList
          items={[
            { name: "Cause", value: "The token lacks a scope" },
            {
              name: "Route",
              value: <code className="font-mono text-xs">POST /agents/support-bot/runs</code>,
            },
          ]}
        />
      </SidePanel>
      <CommandPalette
        {...bind("palette")}
        commands={[
          { id: "1", label: "Members", group: "Organization", icon: <Users aria-hidden />, run: none },
          {
            id: "2",
            label: "Switch to Production",
            group: "Instances",
            icon: <Server aria-hidden />,
            hint: "Connected",
            run: none,
          },
        ]}
      />
    </Section>
  );
}
