/** How the page looks, on screen in light and dark and on paper; no font and no picture from elsewhere. */
export const style = `
:root { color-scheme: light dark; --ink: #1f2328; --pale: #59636e; --line: #d1d9e0; --ground: #ffffff; --shade: #f6f8fa; --link: #0b57a4; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6edf3; --pale: #9198a1; --line: #3d444d; --ground: #0d1117; --shade: #151b23; --link: #6cb2ff; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 62rem; padding: 1.5rem 1.25rem 4rem; background: var(--ground); color: var(--ink);
  font: 16px/1.55 "DejaVu Sans", Verdana, system-ui, sans-serif; font-size: 0.9rem; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 0.25rem; }
h2 { font-size: 1.25rem; margin: 2.5rem 0 0.75rem; padding-top: 0.75rem; border-top: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 1.75rem 0 0.5rem; }
a { color: var(--link); }
nav ul { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; list-style: none; margin: 0.75rem 0 0; padding: 0; }
dl { display: grid; grid-template-columns: minmax(7rem, max-content) 1fr; gap: 0.25rem 1.25rem; margin: 0.5rem 0; }
dt { color: var(--pale); }
dd { margin: 0; overflow-wrap: anywhere; }
li { margin: 0.2rem 0; }
figure { margin: 1.5rem 0 2rem; }
figcaption, caption { text-align: left; color: var(--ink); padding: 0 0 0.4rem; }
figcaption strong, caption { font-weight: 600; }
figcaption { font-size: 0.82rem; line-height: 1.5; padding: 0.5rem 0 0; }
.note { font-size: 0.78rem; line-height: 1.45; color: var(--pale); margin: 0.35rem 0 0; }
.drawing { background: #ffffff; border: 1px solid var(--line); border-radius: 6px; padding: 0.75rem; overflow-x: auto; }
.drawing svg { display: block; max-width: 100%; height: auto; margin: 0 auto; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 0.82rem; font-variant-numeric: tabular-nums;
  border-top: 2px solid var(--ink); border-bottom: 2px solid var(--ink); caption-side: top; }
th, td { padding: 0.22rem 0.5rem; text-align: left; font-weight: 400; white-space: nowrap; }
thead th { border-bottom: 1px solid var(--ink); color: var(--pale); vertical-align: bottom; }
tbody th[scope="row"] { white-space: normal; }
td.wrap { white-space: normal; overflow-wrap: anywhere; }
tr.group th { padding-top: 0.7rem; font-style: italic; white-space: normal; }
.right { text-align: right; }
strong { font-weight: 700; }
sup { line-height: 0; padding-left: 0.1em; }
.right.marked { padding-right: 3em; }
.marked sup { position: absolute; margin-top: 0.45em; }
pre { background: var(--shade); border: 1px solid var(--line); border-radius: 6px; padding: 0.75rem; overflow-x: auto;
  white-space: pre-wrap; overflow-wrap: anywhere; }
footer { margin-top: 3rem; color: var(--pale); font-size: 0.8rem; }
@media print {
  :root { --ink: #000000; --pale: #333333; --line: #bbbbbb; --ground: #ffffff; --shade: #ffffff; --link: #000000; color-scheme: light; }
  body { max-width: none; padding: 0; font-size: 9pt; }
  nav { display: none; }
  h2 { border: 0; }
  .data { break-before: page; }
  h2, h3, caption { break-after: avoid; }
  table { font-size: 7pt; }
  th, td { padding: 0.15rem 0.3rem; }
  .note { font-size: 7pt; }
  figcaption { font-size: 8pt; }
  .drawing svg { max-height: 225mm; }
  figure, tr { break-inside: avoid; }
  figure.table { break-inside: auto; }
  .drawing { border: 0; padding: 0; }
  .scroll, .drawing { overflow: visible; }
  @page { margin: 16mm; }
}
`;
