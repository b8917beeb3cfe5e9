// What a page has, and what docs/live/elements.js makes of it.

/** Material's: it tells when a page has come. */
declare const document$: { subscribe(act: () => void): void }

/** There once katex.min.js is loaded. */
declare var katex: { render(tex: string, place: Element, options: object): void }

/** All that our selectors find is HTML; the last word of a selector may tell of which kind. Other elements may be SVG. */
interface ParentNode {
  querySelector<Selector extends string>(selector: Selector): Found<Selector> | null
  querySelectorAll<Selector extends string>(selector: Selector): NodeListOf<Found<Selector>>
}
interface Element extends HTMLOrSVGElement {
  hidden: HTMLElement["hidden"]
  closest<Selector extends string>(selector: Selector): Found<Selector> | null
  cloneNode(deep?: boolean): this
}
type Found<Selector extends string> = Selector extends `${string},${string}`
  ? HTMLElement
  : Selector extends `${string} ${infer Rest}`
    ? Found<Rest>
    : Selector extends `${infer Tag}[${string}`
      ? Found<Tag>
      : Selector extends keyof HTMLElementTagNameMap
        ? HTMLElementTagNameMap[Selector]
        : HTMLElement

/** What asks about a value takes any; an object has the keys of its type alone; `JSON.parse(null)` is null. */
interface NumberConstructor {
  isInteger(value: unknown): value is number
}
interface ObjectConstructor {
  entries<Of extends object>(object: Of): [keyof Of & string, Of[keyof Of]][]
}
interface Array<T> {
  includes(value: unknown): boolean
}
interface JSON {
  parse(text: string | null): any
}

type Parts = (Node | string)[]
type Make = <Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  properties?: Partial<HTMLElementTagNameMap[Tag]>,
  ...children: Parts
) => HTMLElementTagNameMap[Tag]
type CellTag = "td" | "th"
type Show = (element: Element, shown: unknown, instead: { focus(): void }) => void

type Bar = import("../../docs/live/elements.js").Bar
type Pressable = (text: string, act: Act, bar: Bar) => HTMLButtonElement

/** What is said of each status, by its name. */
type Words = { [status: string]: string | undefined }

type Bytes = Uint8Array<ArrayBuffer>
type Receive = (url: string | URL, options?: Receiving) => Promise<Bytes>
interface Receiving {
  cache?: RequestCache
  /** Seconds, in which something has to come. */
  patience?: number
  /** Told how many bytes have come. */
  on?: (received: number) => void
}

/** Which exercises are shown: of a level; that run in the page alone; of a topic; passed. */
interface Choice {
  track?: string
  level?: string
  here?: boolean
  topic?: string
  state?: string
}

/** An exercise of the list to practise, below the heading of its topic. */
interface Listed {
  element: Element
  heading: Element
  name: string
  here: boolean
  tracks: string[]
  level: string
  topic: string
}

/** What home says below the heading of a topic. */
type Topic = (all: CardEntry[], records: Records) => Parts

/** A field of the plan on home. */
type Setting = "date" | "minutes"
type Field = (label: string, type: string, key: Setting, more?: Partial<HTMLInputElement>) => [HTMLInputElement, HTMLLabelElement]

/** Options are pairs of value and text. */
type Radios = (legend: string, name: string, options: string[][], chosen: string) => Element

/** To what a rehearsal listens while it hides the page. */
type Listen = <Type extends "keydown" | "click">(type: Type, act: (event: WindowEventMap[Type]) => void) => void
