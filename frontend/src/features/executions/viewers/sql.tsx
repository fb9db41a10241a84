import { countText } from '@/lib/time'
import { KeyValues } from '@/ui/KeyValues'
import { Masked } from '@/ui/Masked'
import { Rows } from './Rows'
import { connectionText, field, fieldsOf, lengthOf, listOf, pairsOf, textOf } from './shape'
import type { SideProps, Viewer } from './viewer'
import styles from './viewers.module.css'

function Request({ attempt }: SideProps) {
  const params = field(attempt.request, 'params')
  const named = Array.isArray(params) ? params.map((value, index): [string, string] => [`$${index + 1}`, textOf(value)]) : pairsOf(params)
  return (
    <>
      <KeyValues rows={[['connection', connectionText(field(attempt.request, 'connection'))]]} />
      <pre className={`${styles.sql ?? ''} ${styles.part ?? ''}`}>
        <Masked text={textOf(field(attempt.request, 'query')).trimEnd()} />
      </pre>
      {named.length > 0 && (
        <div className={styles.part}>
          <KeyValues rows={named} />
        </div>
      )}
    </>
  )
}

function Response(props: SideProps) {
  const { attempt } = props
  const rows = listOf(field(attempt.response, 'rows'))
  if (rows.length === 0) {
    const rest = Object.entries(fieldsOf(attempt.response) ?? {}).filter(([, value]) => typeof value !== 'object')
    return <KeyValues rows={rest.map(([name, value]) => [name, textOf(value)])} />
  }
  return <Rows label="Rows" pointer="/rows" rows={rows} columns={listOf(field(attempt.response, 'columns'))} {...props} />
}

/** Columns of a grid that has room beside the query. */
const MOST_BESIDE = 4

export const sql: Viewer = {
  hasBody: false,
  bodies: ['/rows'],
  isWide: ({ response }) => listOf(field(response, 'rows')).length > 0 && listOf(field(response, 'columns')).length > MOST_BESIDE,
  requestTitle: ({ request }) => connectionText(field(request, 'connection')),
  responseTitle: (attempt) => {
    const { response } = attempt
    if (field(response, 'sqlstate') !== undefined) return `SQLSTATE ${textOf(field(response, 'sqlstate'))}`
    const rows = lengthOf(attempt, 'response', 'rows')
    const affected = Number(field(response, 'rows_affected') ?? 0)
    return rows === 0 && affected > 0 ? `${countText(affected, 'row')} affected` : countText(rows, 'row')
  },
  Request,
  Response,
}
