/** The instance was connected or moved after this page was loaded: the browser does not let the page ask it yet. */
import { Button } from "../../components/button.tsx";
import { Notice } from "../../components/notice.tsx";
import { useServices } from "../../lib/services.ts";

export function StaleDocument() {
  const { openDocument } = useServices();
  // With the tab that is open.
  const loadAgain = () => openDocument(window.location.pathname + window.location.search);
  return (
    <Notice
      tone="warn"
      title="This page was loaded before the instance had this address"
      action={<Button onClick={loadAgain}>Load the page again</Button>}
    >
      A page may only ask addresses that it knew when it was loaded.
    </Notice>
  );
}
