import type { Diagnosis } from '../api'
import { CAUSE_WORDS, causesOf } from '../causes'
import { Chips } from './Chips'
import styles from './diagnosis.module.css'

interface Props {
  diagnosis: Diagnosis
  chips: Omit<React.ComponentProps<typeof Chips>, 'ids' | 'items'>
}

/** The four causes that are possible, with what speaks for each. */
export function Causes({ diagnosis, chips }: Props) {
  return (
    <ul className={styles.causes} aria-label="Possible causes">
      {causesOf(diagnosis).map(({ category, percent, says, evidence }) => (
        <li key={category} data-cause={category} data-likely={percent !== null && category === diagnosis.verdict.category}>
          <span className={styles.percent}>{percent === null ? '' : `${percent} %`}</span>
          <b>{CAUSE_WORDS[category]}</b>
          <span className={styles.says}>{percent === null ? 'no evidence' : says.join('; ')}</span>
          {percent !== null && <Chips ids={evidence} items={diagnosis.items} {...chips} />}
        </li>
      ))}
    </ul>
  )
}
