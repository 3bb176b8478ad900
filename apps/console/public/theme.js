// Before the first paint, so that a page never flashes in the other theme. An inline script would need a hole in the
// policy of the document. lib/theme.ts does the rest.
(() => {
  let theme = null;
  try {
    theme = localStorage.getItem("agentos.theme");
  } catch {
    // Storage is closed to this page: it follows the system.
  }
  const isDark =
    theme === "dark" || (theme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.dataset.theme = isDark ? "dark" : "light";
})();
