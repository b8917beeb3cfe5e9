// The editor of a cell: CodeMirror, in the colours of the site, and told how to run and to leave.

import {
  EditorState,
  EditorView,
  HighlightStyle,
  bracketMatching,
  closeBrackets,
  closeBracketsKeymap,
  defaultKeymap,
  foldKeymap,
  history,
  historyKeymap,
  indentOnInput,
  indentUnit,
  indentWithTab,
  keymap,
  lineNumbers,
  python,
  syntaxHighlighting,
  tags,
} from "../vendor/codemirror/codemirror.js"
import { folding } from "./folds.js"

/** @param {string} name */
const colour = name => `var(--md-code-hl-${name}-color)`
const colours = HighlightStyle.define([
  {
    tag: [tags.keyword, tags.operatorKeyword, tags.controlKeyword, tags.definitionKeyword, tags.moduleKeyword],
    color: colour("keyword"),
  },
  { tag: [tags.string, tags.special(tags.string)], color: colour("string") },
  { tag: tags.number, color: colour("number") },
  { tag: tags.comment, color: colour("comment") },
  { tag: [tags.function(tags.definition(tags.variableName)), tags.definition(tags.className)], color: colour("function") },
  { tag: [tags.bool, tags.null], color: colour("constant") },
])
const look = EditorView.theme({
  "&": { color: "var(--md-code-fg-color)", backgroundColor: "var(--md-code-bg-color)", fontSize: "0.85em" },
  "&.cm-focused": { outline: "0.1rem solid var(--md-typeset-a-color)" },
  ".cm-scroller": { fontFamily: "var(--md-code-font-family)", lineHeight: "1.4" },
  ".cm-content": { padding: "0.77em 0", caretColor: "var(--md-code-fg-color)" },
  ".cm-line": { padding: "0 1.18em 0 0.6em" },
  ".cm-gutters": { color: "var(--md-default-fg-color--light)", backgroundColor: "inherit", border: "none" },
  ".cm-lineNumbers .cm-gutterElement": { minWidth: "2.6em", padding: "0 0.2em 0 0" },
})

// What lies over the page: its header, and the bar that stays in view. The caret keeps out of it.
const HEADER = 56
/** @param {{ dom: HTMLElement }} editor */
const covered = ({ dom }) => ({ top: HEADER, bottom: dom.parentElement?.querySelector(".live-bar")?.offsetHeight ?? 0 })
// On a narrow screen a line that is cut off is one that cannot be read.
const wraps = () => matchMedia("(pointer: coarse)").matches

// The next Tab leaves the editor, whatever is selected there, unless another key comes before it.
const LEAVING = 60_000 // ms
/** @param {Editor} editor */
function leave(editor) {
  editor.setTabFocusMode(LEAVING)
  return true
}

/** @param {Writing} writing */
export function createEditor({ text, label, run, change }) {
  return new EditorView({
    state: EditorState.create({
      doc: text,
      extensions: [
        lineNumbers(), // an error names its line
        history(),
        bracketMatching(),
        closeBrackets(),
        indentOnInput(),
        indentUnit.of("    "),
        python(),
        syntaxHighlighting(colours),
        look,
        folding,
        wraps() ? EditorView.lineWrapping : [],
        EditorView.scrollMargins.of(covered),
        keymap.of([
          { key: "Mod-Enter", run, preventDefault: true },
          { key: "Shift-Enter", run, preventDefault: true },
          { key: "Escape", run: leave },
          ...closeBracketsKeymap,
          ...historyKeymap,
          ...foldKeymap,
          ...defaultKeymap,
          indentWithTab,
        ]),
        EditorView.updateListener.of(({ docChanged, state }) => docChanged && change(state.doc.toString())),
        EditorView.contentAttributes.of({
          tabindex: "0", // so that what scrolls is known to be reached by keyboard
          "aria-label": `${label}: Control Enter runs it; Control Alt ] unfolds all; Escape, then Tab, leaves it`,
        }),
      ],
    }),
  })
}
