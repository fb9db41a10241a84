import { Lines } from './Body'
import type { SideProps } from './viewer'
import styles from './viewers.module.css'
import { payloadAddress, useWholeBody, WholeState } from './WholeBody'

/** All of something long that is drawn in another way than a body, such as rows: as JSON. */
export function WholePart({ pointer, ...props }: SideProps & { pointer: string }) {
  const name = pointer.split('/').at(-1) || 'All'
  const whole = useWholeBody(payloadAddress(props, pointer), props.mode)
  return (
    <div className={styles.part}>
      <p className={styles.partName}>{name}, all of it</p>
      <WholeState whole={whole} />
      {whole.value && <Lines {...props} label={`All of ${name}`} whole={whole.value} wrong={[]} at={undefined} onPick={undefined} root={name} />}
    </div>
  )
}
