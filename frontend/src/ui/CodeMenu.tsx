import { Menu } from '@mantine/core'
import styles from './CodeView.module.css'

/** Something to copy about the value at a line. */
export interface NodeAction {
  label: string
  text: () => string
}

interface Props {
  number: number
  path: string
  actions: () => NodeAction[]
}

/** A line number that opens a menu. It is made once its line was asked for: hundreds of them would be slow. */
export function CodeMenu({ number, path, actions }: Props) {
  return (
    <Menu position="bottom-start" defaultOpened>
      <Menu.Target>
        <button type="button" className={styles.number} aria-label={`Line ${number}, ${path}`} title={path}>
          {number}
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Actions actions={actions} />
      </Menu.Dropdown>
    </Menu>
  )
}

function Actions({ actions }: { actions: () => NodeAction[] }) {
  return actions().map((one) => (
    <Menu.Item key={one.label} onClick={() => void navigator.clipboard.writeText(one.text())}>
      {one.label}
    </Menu.Item>
  ))
}
