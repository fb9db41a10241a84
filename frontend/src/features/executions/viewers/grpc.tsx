import { KeyValues } from '@/ui/KeyValues'
import { Body } from './Body'
import { field, pairsOf, textOf } from './shape'
import type { SideProps, Viewer } from './viewer'
import styles from './viewers.module.css'

function Request(props: SideProps) {
  const { request } = props.attempt
  const name = field(request, 'request') === undefined ? 'messages' : 'request'
  const facts = ['address', 'service', 'method', 'timeout'].flatMap((name): [string, string][] => {
    const value = field(request, name)
    return value === undefined || value === null ? [] : [[name, textOf(value)]]
  })
  return (
    <>
      <KeyValues rows={[...facts, ...pairsOf(field(request, 'metadata'))]} />
      <div className={styles.part}>
        <Body label="Request message" body={field(request, name)} pointer={`/${name}`} {...props} mode="pretty" />
      </div>
    </>
  )
}

function Response(props: SideProps) {
  const { response } = props.attempt
  const messages = field(response, 'responses')
  const isStream = Array.isArray(messages) && messages.length > 1
  const facts: [string, string][] = [
    ['status', `${textOf(field(response, 'status') ?? '')} ${textOf(field(response, 'status_code') ?? '')}`.trim()],
    ['message', textOf(field(response, 'message') ?? '')],
  ]
  return (
    <>
      <KeyValues rows={[...facts.filter(([, value]) => value), ...pairsOf(field(response, 'metadata')), ...pairsOf(field(response, 'trailers'))]} />
      <div className={styles.part}>
        <Body label="Response message" body={isStream ? messages : field(response, 'response')} pointer={isStream ? '/responses' : '/response'} root={isStream ? 'responses' : 'body'} {...props} />
      </div>
    </>
  )
}

export const grpc: Viewer = {
  hasBody: true,
  bodies: ['/request', '/messages', '/response', '/responses'],
  requestTitle: ({ request }) => `${textOf(field(request, 'service') ?? '')}/${textOf(field(request, 'method') ?? '')}`,
  responseTitle: ({ response }) => textOf(field(response, 'status') ?? ''),
  Request,
  Response,
}
