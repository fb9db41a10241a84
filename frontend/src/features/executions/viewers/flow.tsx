import { KeyValues } from '@/ui/KeyValues'
import { Body } from './Body'
import { field, textOf } from './shape'
import type { Viewer } from './viewer'
import styles from './viewers.module.css'

/** What a called flow was given, and what it gave; its own record is one click away. */
export const flow: Viewer = {
  hasBody: true,
  bodies: ['/input', '/output'],
  requestTitle: ({ request }) => textOf(field(request, 'flow')),
  responseTitle: ({ response }) => textOf(field(response, 'status')),
  Request: (props) => (
    <>
      <KeyValues rows={[['Flow', textOf(field(props.attempt.request, 'flow'))]]} />
      <Part name="Input" isThere={field(props.attempt.request, 'input') !== undefined}>
        <Body label="Input" body={field(props.attempt.request, 'input')} pointer="/input" {...props} mode="pretty" root="config.input" />
      </Part>
    </>
  ),
  Response: (props) => (
    <Part name="Output" isThere={field(props.attempt.response, 'output') !== undefined}>
      <Body label="Output" body={field(props.attempt.response, 'output')} pointer="/output" {...props} root="flow.output" />
    </Part>
  ),
}

function Part({ name, isThere, children }: { name: string; isThere: boolean; children: React.ReactNode }) {
  if (!isThere) return null
  return (
    <div className={styles.part}>
      <p className={styles.partName}>{name}</p>
      {children}
    </div>
  )
}
