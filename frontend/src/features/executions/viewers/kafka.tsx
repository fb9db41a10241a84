import { countText } from '@/lib/time'
import { KeyValues } from '@/ui/KeyValues'
import { Body } from './Body'
import { Messages } from './Messages'
import { connectionText, field, fieldsOf, lengthOf, listOf, textOf } from './shape'
import type { SideProps, Viewer } from './viewer'
import styles from './viewers.module.css'

const APART = new Set(['value', 'message', 'messages', 'near_misses'])

function factsOf(side: unknown): [string, string][] {
  return Object.entries(fieldsOf(side) ?? {})
    .filter(([name, value]) => !APART.has(name) && value !== null)
    .map(([name, value]) => [name, name === 'connection' ? brokersText(value) : textOf(value)])
}

function brokersText(connection: unknown): string {
  const brokers = listOf(field(connection, 'brokers')).map(textOf).join(', ')
  return [brokers || connectionText(connection), textOf(field(connection, 'security') ?? '')].filter(Boolean).join(' · ')
}

function Side({ side, label, ...rest }: SideProps & { side: unknown; label: string }) {
  const messages = listOf(field(side, 'messages'))
  const misses = listOf(field(side, 'near_misses'))
  const value = field(side, 'value')
  return (
    <>
      <KeyValues rows={factsOf(side)} />
      {messages.length > 0 && <Messages {...rest} label="Messages" root="messages" messages={messages} />}
      {misses.length > 0 && <Messages {...rest} label="Near-misses, where only a part of the match did not hold" root="near_misses" messages={misses} />}
      {value !== undefined && messages.length === 0 && (
        <div className={styles.part}>
          <p className={styles.partName}>Value</p>
          <Body label={label} body={value} pointer="/value" root="value" {...rest} />
        </div>
      )}
    </>
  )
}

export const kafka: Viewer = {
  hasBody: false,
  bodies: ['/messages', '/near_misses', '/value'],
  isWide: ({ response }) => listOf(field(response, 'messages')).length + listOf(field(response, 'near_misses')).length > 0,
  requestTitle: ({ request }) => textOf(field(request, 'topic') ?? ''),
  responseTitle: (attempt) => {
    const { response } = attempt
    if (Array.isArray(field(response, 'messages'))) return countText(lengthOf(attempt, 'response', 'messages'), 'message')
    const offset = field(response, 'offset')
    return offset === undefined ? '' : `partition ${textOf(field(response, 'partition'))}, offset ${textOf(offset)}`
  },
  Request: (props) => <Side side={props.attempt.request} label="Value" {...props} />,
  Response: (props) => <Side side={props.attempt.response} label="Value" {...props} />,
}
