import { Modal } from '@mantine/core'
import styles from './KeysHelp.module.css'

const KEYS: [string, string][] = [
  ['j', 'next row, or next step of a run'],
  ['k', 'row before, or step before'],
  ['Enter', 'open'],
  ['/', 'search'],
  ['[ and ]', 'failed step before, next failed step'],
  ['x', 'select the row'],
  ['c', 'compare the two chosen rows'],
  ['r', 're-run: the chosen rows, or the run that is open'],
  ['Esc', 'close'],
]

export function KeysHelp({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  return (
    <Modal opened={isOpen} onClose={onClose} title="Keys" size="sm">
      <dl className={styles.keys}>
        {KEYS.map(([key, meaning]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
    </Modal>
  )
}
