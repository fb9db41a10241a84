import { ModelSection } from './ModelSection'
import styles from './diagnosis.module.css'

/** The model's part by itself, where no rules stand above it: of a group of failures as a whole. */
export function ModelPanel(props: React.ComponentProps<typeof ModelSection>) {
  return (
    <div className={styles.alone}>
      <ModelSection {...props} />
    </div>
  )
}
