"""How an exported page looks: quiet, in the light or the dark that the reader's system asks for."""

from __future__ import annotations

STYLE = """
:root {
  color-scheme: light dark;
  --paper: #fbfaf7; --ink: #26241f; --muted: #6b675e; --raised: #f0ede5; --line: #dcd7ca;
  --user: #2f6f8f; --assistant: #8a6d1f;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #16181c; --ink: #dcdad4; --muted: #9b978c; --raised: #1f2228; --line: #34383f;
    --user: #7fb6d0; --assistant: #d6b65f;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 1rem/1.6 system-ui, -apple-system, "Segoe UI", sans-serif;
}
main { max-width: 46rem; margin: 0 auto; padding: 2.5rem 1.25rem 5rem; }
article + article { margin-top: 4rem; padding-top: 2.5rem; border-top: 1px solid var(--line); }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 1rem; overflow-wrap: anywhere; }
dl {
  display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1.25rem; margin: 0 0 1.5rem;
  font-size: .875rem;
}
dt, .who, .figures, .file, .number, .language, summary { color: var(--muted); }
dd { margin: 0; overflow-wrap: anywhere; }
.tag {
  display: inline-block; padding: 0 .5rem; border-radius: .75rem; background: var(--raised);
}
section { margin-top: 2.25rem; }
.number { font-size: .8125rem; font-weight: 600; margin: 0 0 .5rem; }
.message { margin: 1rem 0; padding-left: 1rem; border-left: 3px solid var(--line); }
.user { border-color: var(--user); }
.assistant { border-color: var(--assistant); }
.who, .figures, .file, summary { font-size: .8125rem; margin: 0 0 .35rem; overflow-wrap: anywhere; }
.figures { text-align: right; font-variant-numeric: tabular-nums; }
.text { overflow-wrap: anywhere; }
.text > :first-child { margin-top: 0; }
.text > :last-child { margin-bottom: 0; }
.message h1, .message h2, .message h3, .message h4 { font-size: 1.1rem; margin: 1.25rem 0 .5rem; }
a { color: inherit; text-decoration-color: var(--muted); text-underline-offset: .15em; }
code, pre { font: .875rem/1.5 ui-monospace, "Cascadia Mono", Menlo, Consolas, monospace; }
code { background: var(--raised); padding: .1em .3em; border-radius: 3px; }
figure { margin: 1rem 0; background: var(--raised); border-radius: 6px; overflow: hidden; }
.language { display: block; padding: .4rem 1rem 0; font-size: .75rem; }
pre { margin: 0; padding: .75rem 1rem; overflow-x: auto; }
pre code { background: none; padding: 0; }
pre.plain { white-space: pre-wrap; background: var(--raised); border-radius: 6px; }
blockquote { margin: 1rem 0; padding-left: 1rem; border-left: 2px solid var(--line); color: var(--muted); }
table { border-collapse: collapse; display: block; overflow-x: auto; }
th, td { padding: .3rem .75rem; border-bottom: 1px solid var(--line); text-align: left; }
img { max-width: 100%; }
.image { color: var(--muted); }
hr { border: 0; border-top: 1px solid var(--line); }
details { margin: 0 0 1rem; }
@media print { main { max-width: none; padding: 0; } figure, pre { overflow: visible; white-space: pre-wrap; } }
"""
"""Names no address and no font that would have to be fetched."""
