// What docs/offline.js holds, and what it tells docs/live/keep.js.

interface KeptFile {
  /** A path of the site, or an address. */
  place: string
  sha256: string
  size: number
}

/**
 * What a page asks for.
 * keep: to fetch what is missing. stop: to give that up. state: to be told what is held.
 * begin: to take over from another version.
 * alone: to be told whether no other page is open, and that a newer version may begin then.
 */
type Wish = "keep" | "stop" | "state" | "begin" | "alone"
type Act = () => unknown

/** How far it is, in bytes; or why it failed; or what there is of how much. */
interface Held {
  /** Which track is held. */
  track?: string
  got?: number
  total?: number
  failed?: string
  held?: number
  missing?: number
  pages?: number
  bytes?: number
  /** Whether no other page is open. */
  alone?: boolean
}

type FetchChecked = (url: string, file: KeptFile, signal: AbortSignal, come: (bytes: number) => void) => Promise<Response>
