/** What must never happen twice at a time, one after the other in the order of the calls. */

/** Creates the queue. A task that fails does not keep the next one from its turn. */
export function createInTurn(): <Result>(task: () => Promise<Result>) => Promise<Result> {
  let last: Promise<unknown> = Promise.resolve();
  return (task) => {
    const next = last.then(task);
    last = next.catch(() => undefined);
    return next;
  };
}
