/**
 * The dialog "Authorization Failed", once for the whole console: `const { explain } = useRefusal()`, then
 * `explain({ instanceId, error, retry })` wherever a request to an instance was refused. For a part of a page that could not
 * be loaded there is `RefusalPanel`, which is the same without a dialog.
 */
import {
  createContext,
  lazy,
  type ReactNode,
  Suspense,
  useContext,
  useEffect,
  useMemo,
  useState,
} from "react";
import { idOfError, type RefusedCall } from "../lib/refused-call.ts";

const loadDialog = () => import("./refusal-dialog.tsx");
const RefusalDialog = lazy(async () => ({ default: (await loadDialog()).RefusalDialog }));

export interface RefusalOpener {
  /** Opens the dialog. */
  readonly explain: (call: RefusedCall) => void;
}

const RefusalContext = createContext<RefusalOpener | undefined>(undefined);

/** Opens the dialog that explains a refusal. */
export function useRefusal(): RefusalOpener {
  const opener = useContext(RefusalContext);
  if (opener === undefined) throw new Error("INVARIANT: every page of the shell is inside of RefusalArea");
  return opener;
}

export function RefusalArea({ children }: { readonly children: ReactNode }) {
  const [call, setCall] = useState<RefusedCall>();
  const [isOpen, setIsOpen] = useState(false);

  useEffect(() => {
    // Not part of what the first page waits for, and there before it is needed: then there may be no connection.
    loadDialog().catch(() => undefined);
  }, []);

  const opener = useMemo<RefusalOpener>(
    () => ({
      explain(next) {
        setCall(next);
        setIsOpen(true);
      },
    }),
    [],
  );
  return (
    <RefusalContext value={opener}>
      {children}
      {call === undefined ? null : (
        <Suspense fallback={null}>
          <RefusalDialog key={idOfError(call.error)} call={call} isOpen={isOpen} onOpenChange={setIsOpen} />
        </Suspense>
      )}
    </RefusalContext>
  );
}
