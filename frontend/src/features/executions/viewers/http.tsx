import { Body } from './Body'
import { Headers } from './Headers'
import { field, textOf } from './shape'
import type { SideProps, Viewer } from './viewer'
import styles from './viewers.module.css'

function HttpSide({ side, label, ...rest }: SideProps & { side: unknown; label: string }) {
  return (
    <>
      <Headers of={side} isShort={rest.isShort} />
      <div className={styles.part}>
        <Body label={label} body={field(side, 'body')} pointer="/body" {...rest} />
      </div>
    </>
  )
}

const PHRASES: Record<number, string> = {
  200: 'OK', 201: 'Created', 202: 'Accepted', 204: 'No Content', 301: 'Moved Permanently', 302: 'Found', 304: 'Not Modified', 400: 'Bad Request',
  401: 'Unauthorized', 403: 'Forbidden', 404: 'Not Found', 405: 'Method Not Allowed', 409: 'Conflict', 412: 'Precondition Failed', 415: 'Unsupported Media Type',
  422: 'Unprocessable Content', 429: 'Too Many Requests', 500: 'Internal Server Error', 502: 'Bad Gateway', 503: 'Service Unavailable', 504: 'Gateway Timeout',
}

export const http: Viewer = {
  hasBody: true,
  bodies: ['/body'],
  requestTitle: ({ request }) => `${textOf(field(request, 'method'))} ${textOf(field(request, 'url'))}`,
  responseTitle: ({ response }) => {
    const status = Number(field(response, 'status'))
    return `${status || ''} ${PHRASES[status] ?? ''}`.trim()
  },
  Request: (props) => <HttpSide side={props.attempt.request} label="Request body" {...props} mode="pretty" />,
  Response: (props) => <HttpSide side={props.attempt.response} label="Response body" {...props} />,
}
