/** A page that could not be shown. Never an exception's own text: that is in the browser's console. */
import { isClientError } from "@agentos/client";
import { Button } from "../components/button.tsx";
import { ErrorState } from "../components/error-state.tsx";

export function PageFault({ error }: { readonly error: unknown }) {
  const isOwnFault = !isClientError(error);
  return (
    <main className="mx-auto flex w-full max-w-xl flex-col gap-4 px-4 py-16">
      <h1 className="text-xl font-semibold tracking-tight text-ink">This page cannot be shown</h1>
      <ErrorState error={error} />
      <div className="flex gap-2">
        <Button variant="primary" onClick={() => window.location.reload()}>
          Load the page again
        </Button>
        {isOwnFault ? <Button onClick={() => window.location.assign("/")}>Go home</Button> : null}
      </div>
    </main>
  );
}
