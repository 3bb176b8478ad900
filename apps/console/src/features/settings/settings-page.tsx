/** What concerns the person alone, then the organization, then what runs here. */
import { PageHeader, Section } from "../../components/page-header.tsx";
import { AboutSection } from "./about-section.tsx";
import { OrganizationSection } from "./organization-section.tsx";
import { PasswordSection } from "./password-section.tsx";
import { ProfileSection } from "./profile-section.tsx";
import { SessionsSection } from "./sessions-section.tsx";
import { ThemeControl } from "./theme-control.tsx";

export function SettingsPage() {
  return (
    <>
      <PageHeader title="Settings" />
      <div className="flex flex-col gap-8 [&>*+*]:border-t [&>*+*]:border-line [&>*+*]:pt-8">
        <Section title="You" isGroup>
          <div className="flex flex-col gap-8">
            <ProfileSection />
            <PasswordSection />
            <SessionsSection />
            <Section title="Theme" level={3} description="Kept in this browser.">
              <ThemeControl />
            </Section>
          </div>
        </Section>
        <OrganizationSection />
        <AboutSection />
      </div>
    </>
  );
}
