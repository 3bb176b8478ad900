/** The last net: what the console itself got wrong, said so that one can go on. */
import { Component, type ReactNode } from "react";
import { PageFault } from "./page-fault.tsx";

interface Props {
  readonly children: ReactNode;
}

export class ErrorBoundary extends Component<Props, { readonly error: unknown }> {
  override state: { readonly error: unknown } = { error: undefined };

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override render() {
    const { error } = this.state;
    return error === undefined ? this.props.children : <PageFault error={error} />;
  }
}
