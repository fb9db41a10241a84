import { countText } from '@/lib/time'
import { KeyValues } from '@/ui/KeyValues'
import { Body } from './Body'
import { Rows } from './Rows'
import { field, fieldsOf, listOf, textOf } from './shape'
import type { SideProps, Viewer } from './viewer'
import styles from './viewers.module.css'

const FIRST = ['partition', 'offset', 'key', 'value', 'timestamp', 'headers', 'topic']

function Messages({ label, messages }: { label: string; messages: unknown[] }) {
  const names = new Set(messages.slice(0, 50).flatMap((one) => Object.keys(fieldsOf(one) ?? {})))
  const columns = [...FIRST.filter((name) => names.has(name)), ...[...names].filter((name) => !FIRST.includes(name))]
  return (
    <div className={styles.part}>
      <p className={styles.partName}>
        {label}: {messages.length.toLocaleString('en-GB')}
      </p>
      <Rows label={label} columns={columns} rows={messages} />
    </div>
  )
}

function scalarsOf(side: unknown): [string, string][] {
  return Object.entries(fieldsOf(side) ?? {})
    .filter(([name, value]) => name !== 'value' && name !== 'message' && !(Array.isArray(value) && name !== 'brokers'))
    .map(([name, value]) => [name, textOf(value)])
}

function Side({ side, label, ...rest }: SideProps & { side: unknown; label: string }) {
  const messages = listOf(field(side, 'messages'))
  const misses = listOf(field(side, 'near_misses'))
  const value = field(side, 'value')
  return (
    <>
      <KeyValues rows={scalarsOf(side)} />
      {messages.length > 0 && <Messages label="Messages" messages={messages} />}
      {misses.length > 0 && <Messages label="Near-misses" messages={misses} />}
      {value !== undefined && messages.length === 0 && (
        <div className={styles.part}>
          <p className={styles.partName}>Value</p>
          <Body label={label} body={value} wrong={rest.wrong} at={rest.at} onPick={rest.onPick} />
        </div>
      )}
    </>
  )
}

export const kafka: Viewer = {
  requestTitle: ({ request }) => textOf(field(request, 'topic') ?? ''),
  responseTitle: ({ response }) => {
    const messages = field(response, 'messages')
    if (Array.isArray(messages)) return countText(messages.length, 'message')
    const offset = field(response, 'offset')
    return offset === undefined ? '' : `partition ${textOf(field(response, 'partition'))}, offset ${textOf(offset)}`
  },
  Request: (props) => <Side side={props.attempt.request} label="Value" {...props} wrong={[]} />,
  Response: (props) => <Side side={props.attempt.response} label="Value" {...props} />,
}
