// What docs/offline.js holds, and what it tells docs/live/keep.js.

interface KeptFile {
  /** A path of the site, or an address. */
  place: string
  sha256: string
  size: number
}

/** How far it is, in bytes; or why it failed; or what there is of how much. */
interface Held {
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
