/** What is wrong with a scope rule or a scope, found in the text itself, and how it is written instead. */

/** To follow the text, and what to do. */
export interface TextFault {
  readonly problem: string;
  readonly suggestion: string;
}

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/** Of a rule's key that is no "METHOD /path". */
export function describeRuleFault(text: string): TextFault {
  const [first = "", ...rest] = text.trim().split(/\s+/);
  if (first === "")
    return { problem: "is empty", suggestion: 'write a method and a path, such as "GET /reports/*"' };
  if (first.startsWith("/"))
    return { problem: "has no method in front of its path", suggestion: `write "GET ${first}"` };
  const path = rest.join("");
  const method = first.toUpperCase();
  if (!METHODS.includes(method))
    return {
      problem: `has a method that is none of ${METHODS.join(", ")}`,
      suggestion: `write one rule for each method, such as "GET ${path.startsWith("/") ? path : "/reports/*"}"`,
    };
  if (!path.startsWith("/"))
    return {
      problem: "has no path that begins with a slash behind its method",
      suggestion: `write "${method} /${path}"`,
    };
  if (first !== method || text !== `${method} ${path}`)
    return {
      problem: "is not written as a method in capital letters, one space, and a path",
      suggestion: `write "${method} ${path}"`,
    };
  return { ...describePathFault(path), ...suggestPath(method, path) };
}

/** Of a path pattern that is none. */
export function describePathFault(path: string): TextFault {
  const fixed = suggestPath("", path).suggestion;
  const suggestion = fixed ?? 'write a path such as "/reports/*"';
  if (!path.startsWith("/")) return { problem: "begins with no slash", suggestion: `write "/${path}"` };
  if (/[?#]/.test(path))
    return { problem: "has a query or fragment, which is no part of a path", suggestion };
  if (/\s/.test(path)) return { problem: "has white space in it", suggestion };
  if (/\/(?::\w|<)/.test(path))
    return { problem: "has a parameter that is not written in braces", suggestion };
  if (/%(?:2a|7b|7d)/i.test(path))
    return {
      problem: 'has "*" or a brace as a percent code, which means nothing in a rule',
      suggestion: 'write "*" where any text may stand, and a name in braces where one segment may',
    };
  if (/%/.test(path))
    return { problem: "has a percent code that is none", suggestion: "write the character itself" };
  return {
    problem: "has braces around something that is no name",
    suggestion: 'write a parameter as a name in braces, of letters, digits and "_", one for a whole segment',
  };
}

/** The same with parameters in braces and without a query, where that is all that is wrong. */
function suggestPath(method: string, path: string): { readonly suggestion?: string } {
  const fixed = path
    .replace(/[?#].*$/, "")
    .replaceAll(/\/:(\w+)/g, "/{$1}")
    .replaceAll(/\/<(?:\w+:)?(\w+)>/g, "/{$1}");
  if (fixed === path || /[\s<%]/.test(fixed)) return {};
  return { suggestion: `write "${method === "" ? "" : `${method} `}${fixed}"` };
}

/** Of a required scope that is none. */
export function describeScopeFault(text: string): TextFault {
  const form = 'write "resource:action", or "resource:ID:action" for one item';
  if (text.trim() === "") return { problem: "is empty", suggestion: form };
  const words = text.trim().split(/[\s,]+/);
  if (words.length > 1)
    return {
      problem: "is several in one text",
      suggestion: `write each by itself: [${words.map((word) => `"${word}"`).join(", ")}]`,
    };
  const parts = text.split(":");
  if (parts.length > 3)
    return { problem: `has ${parts.length} parts, and a scope has two or three`, suggestion: form };
  if (parts.length > 1)
    return { problem: `has an empty ${parts[0] === "" ? "resource" : "action"}`, suggestion: form };
  const other = text.replaceAll(/[./]/g, ":");
  return /^\w[\w-]*(?::[\w*-]+){1,2}$/.test(other)
    ? { problem: 'has no ":" between its parts', suggestion: `write "${other}"` }
    : { problem: "has no action", suggestion: `add one behind a colon, such as "${text}:read"` };
}
