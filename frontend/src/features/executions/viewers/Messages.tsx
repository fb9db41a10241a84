import { useMemo, useState } from 'react'
import { KeyValues } from '@/ui/KeyValues'
import { Body } from './Body'
import { ItemGrid } from './ItemGrid'
import { field, fieldsOf, pairsOf, textOf } from './shape'
import { type Items, useItems } from './useItems'
import type { SideProps } from './viewer'
import styles from './viewers.module.css'

const FIRST = ['partition', 'offset', 'key', 'message', 'timestamp', 'value', 'text', 'headers', 'topic']
/** Other forms of the value, which the message itself shows. */
const SAME_VALUE = new Set(['json', 'text'])
/** Of a near-miss: in words they are its `message`, and below it they are told one by one. */
const WHY = ['predicate', 'expression', 'expected', 'actual']

/** Messages, one a line; the one that is chosen with its key, headers and value. */
export function Messages({ label, root, messages, ...side }: SideProps & { label: string; root: string; messages: unknown[] }) {
  const [open, setOpen] = useState(0)
  const items = useItems(side, `/${root}`, messages)
  const columns = useMemo(() => columnsOf(messages), [messages])
  const chosen = items.source.at(open)
  return (
    <div className={styles.part}>
      <p className={styles.partName}>
        {label}: {countWords(items)}
      </p>
      <ItemGrid label={label} items={items} columns={columns} open={open} onOpen={setOpen} isShort={side.isShort} />
      {fieldsOf(chosen) && <Message {...side} message={chosen} root={`${root}[${open}]`} />}
    </div>
  )
}

function Message({ message, root, ...side }: SideProps & { message: unknown; root: string }) {
  const json = field(message, 'json')
  const form = json !== undefined && json !== null ? 'json' : field(message, 'value') !== undefined ? 'value' : 'text'
  const why = WHY.filter((name) => (field(message, name) ?? '') !== '').map((name): [string, string] => [name, textOf(field(message, name))])
  return (
    <div className={styles.message}>
      <div>
        {why.length > 0 && (
          <>
            <p className={styles.partName}>Why it was not meant</p>
            <KeyValues rows={why} />
          </>
        )}
        <p className={styles.partName}>Key and headers</p>
        <KeyValues rows={[['key', textOf(field(message, 'key'))], ...pairsOf(field(message, 'headers'))]} />
      </div>
      <div>
        <p className={styles.partName}>Value</p>
        <Body {...side} label="Value of the message" body={field(message, form)} root={`${root}.${form}`} wrong={[]} />
      </div>
    </div>
  )
}

function countWords({ source, total }: Items): string {
  const [here, all] = [source.count, total].map((count) => count.toLocaleString('en-GB'))
  return source.count < total ? `${here} of ${all}` : `${here}`
}

function columnsOf(messages: unknown[]): string[] {
  const names = new Set(messages.slice(0, 50).flatMap((one) => Object.keys(fieldsOf(one) ?? {})))
  const isPlain = [...names].some((name) => name === 'value')
  const isShown = (name: string) => !(isPlain && SAME_VALUE.has(name)) && !WHY.includes(name)
  const others = [...names].filter((name) => !FIRST.includes(name))
  return [...FIRST.filter((name) => names.has(name)), ...others].filter(isShown)
}
