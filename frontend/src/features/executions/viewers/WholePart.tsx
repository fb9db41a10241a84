import { Lines } from './Body'
import type { SideProps } from './viewer'
import styles from './viewers.module.css'
import { payloadAddress, WholeBody } from './WholeBody'

/** All of something long that is drawn in another way than a body, such as rows: as JSON. */
export function WholePart({ pointer, ...props }: SideProps & { pointer: string }) {
  const name = pointer.split('/').at(-1) || 'All'
  const address = payloadAddress(props, pointer)
  return (
    <div className={styles.part}>
      <p className={styles.partName}>{name}, all of it</p>
      <WholeBody key={address} address={address} mode={props.mode} beginning={null}>
        {(document) => <Lines {...props} label={`All of ${name}`} whole={document} wrong={[]} at={undefined} onPick={undefined} root={name} />}
      </WholeBody>
    </div>
  )
}
