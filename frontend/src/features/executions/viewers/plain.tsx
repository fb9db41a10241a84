import { Body } from './Body'
import type { Viewer } from './viewer'

/** For actions without a form of their own: what went in, and what came out. */
export const plain: Viewer = {
  hasBody: true,
  bodies: [''],
  requestTitle: () => '',
  responseTitle: () => '',
  Request: (props) => <Body label="Input" body={props.attempt.request} pointer="" {...props} mode="pretty" root="config" />,
  Response: (props) => <Body label="Output" body={props.attempt.response} pointer="" {...props} root="" />,
}
