/** The style sheet of the page, light or dark as the system is. */
export const style = `
:root {
  color-scheme: light dark;
  --page: #f4f5f7; --card: #ffffff; --text: #1c2129; --muted: #5b6470; --line: #dcdfe4; --accent: #1f5fd0; --on-accent: #ffffff;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #14171c; --card: #1d2128; --text: #e6e9ee; --muted: #9aa3af; --line: #333943; --accent: #7fabff; --on-accent: #10151d;
  }
}
* { box-sizing: border-box }
body { margin: 0; background: var(--page); color: var(--text); font: 16px/1.5 system-ui, sans-serif }
main { max-width: 42rem; margin: 0 auto; padding: 2rem 1rem; display: grid; gap: 1rem }
h1, h2, p, ul { margin: 0 }
h1 { font-size: 1.5rem }
h2 { font-size: 1.05rem; margin-bottom: .5rem }
section { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 1.1rem 1.25rem; min-width: 0 }
ul { list-style: none; padding: 0; margin-bottom: .75rem }
li { display: flex; gap: 1rem; align-items: center; justify-content: space-between; padding: .5rem 0; border-bottom: 1px solid var(--line) }
li > :first-child { min-width: 0; overflow-wrap: anywhere }
li > strong { white-space: nowrap }
p + form { margin-top: .75rem }
#sessions { margin: 0; font-size: .9rem }
#sessions li:last-child { border: 0; padding-bottom: 0 }
@media (max-width: 32rem) {
  #sessions li { flex-direction: column; align-items: start; gap: .4rem }
}
form { display: flex; gap: .5rem }
label { flex: 1; display: grid; gap: .25rem }
input { width: 100%; padding: .45rem .6rem; font: inherit; color: inherit; background: var(--page); border: 1px solid var(--line); border-radius: 6px }
button { align-self: end; padding: .45rem .9rem; font: inherit; color: var(--on-accent); background: var(--accent); border: 1px solid var(--accent); border-radius: 6px; cursor: pointer; white-space: nowrap }
li button, button.quiet { color: var(--text); background: none; border-color: var(--line) }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px }
.row { display: flex; gap: 1rem; align-items: center; justify-content: space-between }
.row > :first-child { min-width: 0; overflow-wrap: anywhere; margin: 0 }
.muted { color: var(--muted); font-size: .875rem }
`
