import type { Attempt } from '../api/types'

/** What one side of an attempt looks like; `title` stands in the head of its card. */
export interface SideProps {
  attempt: Attempt
  wrong: readonly string[]
  at: string | undefined
  onPick: ((path: string) => void) | undefined
}

export interface Viewer {
  requestTitle: (attempt: Attempt) => string
  responseTitle: (attempt: Attempt) => string
  Request: React.ComponentType<SideProps>
  Response: React.ComponentType<SideProps>
}
