/** The style of the page, light and dark. */

export const PAGE_STYLE = `:root { color-scheme: light dark; }
* { box-sizing: border-box; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0; background: Canvas; color: CanvasText; }
main { max-width: 40rem; margin: 10vh auto; padding: 0 1.25rem; }
h1 { font-size: 1.35rem; margin: 0; }
h2 { font-size: 1.1rem; margin: 2.5rem 0 0; }
h3 { font-size: 1rem; margin: 0; }
p { margin: .25rem 0; overflow-wrap: anywhere; }
.quiet { opacity: .7; font-size: .9rem; }
header { display: flex; justify-content: space-between; align-items: start; gap: 1rem; }
form { display: grid; gap: 1rem; margin-top: 1.5rem; max-width: 22rem; }
label { display: grid; gap: .25rem; font-size: .9rem; }
input, button { font: inherit; padding: .5rem .75rem; border: 1px solid color-mix(in srgb, CanvasText 30%, Canvas); border-radius: .5rem; }
input { background: Field; color: FieldText; }
button { cursor: pointer; background: transparent; color: inherit; }
button[type="submit"] { background: CanvasText; color: Canvas; }
button:disabled { opacity: .5; }
:focus-visible { outline: 2px solid Highlight; outline-offset: 2px; }
article { margin-top: 1rem; padding: 1rem; border: 1px solid color-mix(in srgb, CanvasText 20%, Canvas); border-radius: .75rem; }
table { border-collapse: collapse; margin: .75rem 0; }
th, td { text-align: left; font-weight: normal; padding: .15rem 1.5rem .15rem 0; }
th { opacity: .7; }
.trouble { margin: .75rem 0; padding-left: .75rem; border-left: 3px solid #c2410c; }
pre { margin: .25rem 0; white-space: pre-wrap; overflow-wrap: anywhere; }
`;
