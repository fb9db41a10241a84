import { KeyValues } from '@/ui/KeyValues'
import { Body } from './Body'
import { connectionText, field, fieldsOf, textOf } from './shape'
import type { SideProps, Viewer } from './viewer'
import styles from './viewers.module.css'

const APART = new Set(['connection', 'value', 'json', 'command'])

function factsOf(side: unknown): [string, string][] {
  return Object.entries(fieldsOf(side) ?? {})
    .filter(([name]) => !APART.has(name))
    .map(([name, value]) => [name, name === 'ttl' ? ttlText(value) : textOf(value)])
}

function ttlText(ttl: unknown): string {
  return ttl === null ? 'none' : ttl === undefined ? '' : `${textOf(ttl)} s`
}

function Side({ side, label, ...rest }: SideProps & { side: unknown; label: string }) {
  const value = field(side, 'value')
  return (
    <>
      <KeyValues rows={factsOf(side)} />
      {value !== undefined && (
        <div className={styles.part}>
          <p className={styles.partName}>Value</p>
          <Body label={label} body={value} root={typeof value === 'string' ? 'json' : 'value'} pointer="/value" {...rest} />
        </div>
      )}
    </>
  )
}

export const redis: Viewer = {
  hasBody: true,
  bodies: ['/value'],
  requestTitle: ({ request }) => `${textOf(field(request, 'command'))} ${connectionText(field(request, 'connection'))}`,
  responseTitle: ({ response }) => textOf(field(response, 'type') ?? ''),
  Request: (props) => <Side side={props.attempt.request} label="Value to set" {...props} mode="pretty" />,
  Response: (props) => <Side side={props.attempt.response} label="Value" {...props} />,
}
