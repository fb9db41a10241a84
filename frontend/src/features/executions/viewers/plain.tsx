import { Body } from './Body'
import type { Viewer } from './viewer'

/** For actions without a form of their own: what went in, and what came out. */
export const plain: Viewer = {
  requestTitle: () => '',
  responseTitle: () => '',
  Request: ({ attempt, at, onPick }) => <Body label="Input" body={attempt.request} at={at} onPick={onPick} />,
  Response: ({ attempt, wrong, at, onPick }) => <Body label="Output" body={attempt.response} wrong={wrong} at={at} onPick={onPick} />,
}
