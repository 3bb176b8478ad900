/** The end of a list that comes in pages. */
import { Button } from "./button.tsx";

export interface LoadMoreProps {
  readonly query: {
    readonly hasNextPage: boolean;
    readonly isFetchingNextPage: boolean;
    readonly fetchNextPage: () => unknown;
  };
  /** What comes, such as "older changes". */
  readonly what: string;
}

/** Nothing where the list is whole. */
export function LoadMore({ query, what }: LoadMoreProps) {
  if (!query.hasNextPage) return null;
  return (
    <div className="flex justify-center">
      <Button isBusy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
        Show {what}
      </Button>
    </div>
  );
}
