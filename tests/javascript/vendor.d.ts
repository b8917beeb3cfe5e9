// As much of vendored modules as docs/live/ uses.

declare module "*/vendor/ts-fsrs/ts-fsrs.js" {
  interface Card {
    due: Date
  }
  export function createEmptyCard(now: Date): Card
  export function fsrs(settings: object): { next(card: Card, now: Date, rating: number): { card: Card } }
}

declare module "*/vendor/codemirror/codemirror.js" {
  interface Extension {
    extension: unknown
  }
  type Extensions = Extension | Extensions[]
  interface Facet<Given, Held = Given[]> {
    of(given: Given): Extension
    held: Held
  }
  interface Command {
    run: (editor: EditorView) => unknown
  }
  interface Range {
    from: number
    to: number
  }
  interface Text {
    length: number
    toString(): string
  }
  interface Effect {
    effect: unknown
  }
  interface Transaction {
    changes?: Range & { insert: string }
    effects?: Effect[]
    selection?: { anchor: number; head?: number }
    userEvent?: string
    scrollIntoView?: boolean
  }

  export class EditorState {
    static create(settings: { doc: string; extensions: Extensions[] }): EditorState
    doc: Text
    selection: { main: Range }
    facet<Held>(facet: Facet<never, Held>): Held
    sliceDoc(from: number, to: number): string
    replaceSelection(text: string): Transaction
    update(...changes: Transaction[]): Transaction
  }
  export class EditorView {
    constructor(settings: { state: EditorState })
    static contentAttributes: Facet<Record<string, string>>
    static inputHandler: Facet<(editor: EditorView, from: number, to: number, text: string, insert: () => Transaction) => boolean>
    static lineWrapping: Extension
    static scrollMargins: Facet<(editor: EditorView) => { top: number; bottom: number }>
    static updateListener: Facet<(update: { docChanged: boolean; state: EditorState }) => void>
    static theme(rules: Record<string, Record<string, string>>): Extension
    state: EditorState
    dom: HTMLElement
    contentDOM: HTMLElement
    dispatch(change: Transaction): void
    focus(): void
    setTabFocusMode(ms: number): void
    destroy(): void
  }

  interface Tag {
    tag: unknown
  }
  export const tags: Record<
    | "bool"
    | "className"
    | "comment"
    | "controlKeyword"
    | "definitionKeyword"
    | "keyword"
    | "moduleKeyword"
    | "null"
    | "number"
    | "operatorKeyword"
    | "string"
    | "variableName",
    Tag
  > &
    Record<"definition" | "function" | "special", (tag: Tag) => Tag>
  export class HighlightStyle {
    static define(styles: { tag: Tag | Tag[]; color: string }[]): HighlightStyle
  }
  export function syntaxHighlighting(style: HighlightStyle): Extension

  interface Key {
    key: string
    run?: Command["run"]
    preventDefault?: boolean
  }
  export const keymap: Facet<Key[]>
  export const closeBracketsKeymap: Key[]
  export const defaultKeymap: Key[]
  export const foldKeymap: Key[]
  export const historyKeymap: Key[]
  export const indentWithTab: Key & Command
  export const indentUnit: Facet<string>
  export const foldEffect: { of(range: Range): Effect }
  export function codeFolding(settings: {
    preparePlaceholder: (state: EditorState, range: Range) => string
    placeholderDOM: (editor: EditorView, unfold: (event: Event) => void, text: string) => HTMLElement
  }): Extension
  export function bracketMatching(): Extension
  export function closeBrackets(): Extension
  export function history(): Extension
  export function indentOnInput(): Extension
  export function lineNumbers(): Extension
  export function python(): Extension
}
