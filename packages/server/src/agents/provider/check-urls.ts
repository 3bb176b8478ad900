/**
 * INVARIANT: the server never opens a URL for a run. A model says which URLs its provider opens itself; any other
 * fails the run, because a server that fetches what a caller names can be sent anywhere.
 */
import type { ModelObject } from "./model-object.ts";
import type { PromptMessage } from "./prompt.ts";

/** Throws when the prompt holds a URL that the model would want to be fetched. */
export async function refuseForeignUrls(model: ModelObject, prompt: readonly PromptMessage[]): Promise<void> {
  const files = prompt.flatMap((message) =>
    message.role === "user"
      ? message.content.flatMap((part) =>
          part.type === "file" && part.data.type === "url"
            ? [{ mediaType: part.mediaType, url: part.data.url.href }]
            : [],
        )
      : [],
  );
  if (files.length === 0) return;
  // A model that is not written in TypeScript may leave it out.
  const supported: Readonly<Record<string, readonly RegExp[]>> = (await model.supportedUrls) ?? {};
  if (files.some((file) => !isSupported(file, supported)))
    throw new Error("the model does not open URLs of this kind itself");
}

function isSupported(
  file: { readonly mediaType: string; readonly url: string },
  supported: Readonly<Record<string, readonly RegExp[]>>,
): boolean {
  const mediaType = file.mediaType.toLowerCase();
  const url = file.url.toLowerCase();
  return Object.entries(supported).some(
    // `search` looks from the start whatever the flags of the pattern; `test` would remember its place.
    ([types, patterns]) =>
      covers(types.toLowerCase(), mediaType) && patterns.some((pattern) => url.search(pattern) !== -1),
  );
}

function covers(types: string, mediaType: string): boolean {
  if (types === "*" || types === "*/*") return true;
  return types.endsWith("/*") ? mediaType.startsWith(types.slice(0, -1)) : types === mediaType;
}
