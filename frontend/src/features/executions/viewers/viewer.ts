import type { Attempt } from '../api/types'

export type BodyMode = 'pretty' | 'raw'

/** What one side of an attempt is drawn from. */
export interface SideProps {
  attempt: Attempt
  /** Where the attempt is, for what is too long to have come along. */
  source: { execution: number; path: string; part: 'request' | 'response' }
  /** Whether all of what is too long was asked for. */
  isWhole: boolean
  /** JSONPaths of values that an assertion found wrong. */
  wrong: readonly string[]
  at: string | undefined
  onPick: ((path: string) => void) | undefined
  mode: BodyMode
  /** Only a few lines of a body at once; search is left to the tab. */
  isShort: boolean
}

export interface Viewer {
  /** Whether its response holds a body that can be shown as it came. */
  hasBody: boolean
  /** JSON pointers of the bodies it shows, which know the way to all of a long one. */
  bodies: readonly string[]
  /** Whether its rows want the whole width: then the response stands below the request. */
  isWide?: (attempt: Attempt) => boolean
  /** Stand in the heads of the two cards. */
  requestTitle: (attempt: Attempt) => string
  responseTitle: (attempt: Attempt) => string
  Request: React.ComponentType<SideProps>
  Response: React.ComponentType<SideProps>
}
