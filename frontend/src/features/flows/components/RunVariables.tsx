import { Icon } from '@/ui/Icon'
import { type Row, shownValue } from '../runOrder'
import styles from './RunVariables.module.css'

interface Props {
  rows: Row[]
  own: Row[]
  wrong: Map<string, string>
  onType: (name: string, text: string) => void
  onOwn: (rows: Row[]) => void
}

const FROM = { flow: 'from the flow', environment: 'from the environment', secret: 'secret' } as const

/** What may be set for this run only; an empty field leaves the value that its grey text shows. */
export function RunVariables({ rows, own, wrong, onType, onOwn }: Props) {
  const known = rows.filter((row) => !row.isOwn)
  const change = (index: number, part: Partial<Row>): void => onOwn(own.map((row, at) => (at === index ? { ...row, ...part } : row)))
  return (
    <fieldset className={styles.variables}>
      <legend className={styles.label}>Variables for this run only</legend>
      <div className={styles.rows}>
        {known.map((row) => (
          <div key={row.name} className={styles.row} data-set={row.text !== ''}>
            <span className={styles.name} title={`${row.name}, ${FROM[row.before?.from ?? 'flow']}`}>
              {row.name}
            </span>
            <input
              className={styles.value}
              aria-label={row.name}
              aria-invalid={wrong.has(row.name)}
              placeholder={row.before?.from === 'secret' ? 'secret, set' : shownValue(row.before?.value)}
              value={row.text}
              onChange={(event) => onType(row.name, event.target.value)}
            />
            {wrong.has(row.name) && <p className={styles.problem}>{wrong.get(row.name)}</p>}
          </div>
        ))}
        {own.map((row, index) => (
          <div key={index} className={styles.row} data-set>
            <input className={styles.name} aria-label="Name of the variable" placeholder="NAME" value={row.name} onChange={(event) => change(index, { name: event.target.value })} />
            <input className={styles.value} aria-label={`Value of ${row.name || 'the variable'}`} placeholder="text, or =JSON" value={row.text} onChange={(event) => change(index, { text: event.target.value })} />
            <button type="button" className={styles.remove} aria-label={`Remove ${row.name || 'the variable'}`} onClick={() => onOwn(own.filter((_, at) => at !== index))}>
              <Icon name="close" size={12} />
            </button>
            {wrong.has(row.name) && <p className={styles.problem}>{wrong.get(row.name)}</p>}
          </div>
        ))}
        <button type="button" className={styles.add} onClick={() => onOwn([...own, { name: '', text: '', before: null, isOwn: true }])}>
          Add a variable
        </button>
      </div>
    </fieldset>
  )
}
