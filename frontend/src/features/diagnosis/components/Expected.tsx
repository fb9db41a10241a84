import { jsonText } from '@/lib/exactJson'
import { Changed } from '@/ui/Changed'
import { Masked } from '@/ui/Masked'
import type { Evidence } from '../api'
import { Chips } from './Chips'
import styles from './diagnosis.module.css'

interface Props {
  items: Evidence[]
  chips: Omit<React.ComponentProps<typeof Chips>, 'ids' | 'items'>
}

/** What was asserted against what was there. */
export function Expected({ items, chips }: Props) {
  const broken = items.filter((one) => one.type === 'assertion')
  if (broken.length === 0) return <WhatFailed items={items} chips={chips} />
  return (
    <dl className={styles.expected}>
      {broken.map((one) => (
        <div key={one.id}>
          <dt>
            <Chips ids={[one.id]} items={items} {...chips} />
          </dt>
          <dd>
            <Changed before={wanted(one.data)} after={jsonText(one.data.actual ?? null)} />
          </dd>
        </div>
      ))}
    </dl>
  )
}

function WhatFailed({ items, chips }: Props) {
  const failure = items.find((one) => one.type === 'failure')
  if (!failure) return null
  return (
    <p className={styles.failed} data-says-failure>
      <Masked text={failure.fact} /> <Chips ids={[failure.id]} items={items} {...chips} />
    </p>
  )
}

/** `< 10`, and without a sign where equality was asked. */
function wanted({ operator, expected }: Evidence['data']): string | null {
  if (expected === undefined || expected === null) return null
  const value = jsonText(expected)
  return typeof operator === 'string' && operator !== '==' ? `${operator} ${value}` : value
}
