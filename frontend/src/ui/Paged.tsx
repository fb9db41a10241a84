import type { UseQueryResult } from '@tanstack/react-query'
import { Button } from './Button'
import { Notice } from './Notice'
import { Skeleton } from './Skeleton'
import styles from './Paged.module.css'

interface Page<Row> {
  items: Row[]
  next?: string | null
}

interface Props<Row> {
  query: UseQueryResult<Page<Row>>
  heads: string[]
  empty: string
  row: (item: Row) => React.ReactNode
  cursor?: string | undefined
  /** Of a list that may have more than one page. */
  onCursor?: (cursor: string | undefined) => void
  label: string
}

/** A table that is read page by page: what it waits for, what went wrong, that it is empty, its rows. */
export function Paged<Row>({ query, heads, empty, row, cursor, onCursor, label }: Props<Row>) {
  if (query.isPending) return <Skeleton rows={6} height={36} />
  if (query.isError) return <Notice role="alert" title={query.error.message} action={{ label: 'Try again', run: () => void query.refetch() }} />
  const { items, next = null } = query.data
  if (items.length === 0) return <Notice title={empty} />
  return (
    <>
      <div className={styles.scroll} role="region" aria-label={label} tabIndex={0}>
        <table className={styles.table}>
          <thead>
            <tr>
              {heads.map((head) => (
                <th key={head} scope="col">
                  {head || <span className="spoken">What can be done</span>}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>{items.map(row)}</tbody>
        </table>
      </div>
      {onCursor && (next !== null || cursor !== undefined) && (
        <div className={styles.foot}>
          {cursor !== undefined && <Button small onClick={() => onCursor(undefined)}>From the beginning</Button>}
          {next !== null && <Button small onClick={() => onCursor(next)}>More</Button>}
        </div>
      )}
    </>
  )
}
