import { Menu } from '@mantine/core'
import { Button } from '@/ui/Button'
import { Icon } from '@/ui/Icon'
import styles from './FilterMenu.module.css'

interface Props {
  label: string
  options: readonly { value: string; label: string; icon?: React.ReactNode }[]
  chosen: readonly string[]
  onToggle: (value: string) => void
  /** Whether several may be on at once: then the menu stays open. */
  isMany?: boolean
  children?: React.ReactNode
}

/** A button that only writes terms into the search. */
export function FilterMenu({ label, options, chosen, onToggle, isMany = false, children }: Props) {
  return (
    <Menu closeOnItemClick={!isMany} position="bottom-start">
      <Menu.Target>
        <Button className={styles.button ?? ''} data-on={chosen.length > 0}>
          {label}
          {isMany && chosen.length > 0 && <span className={styles.count}>{chosen.length}</span>}
          <Icon name="down" size={12} />
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {options.map((one) => (
          <Menu.Item key={one.value} data-on={chosen.includes(one.value)} leftSection={one.icon} className={styles.option ?? ''} onClick={() => onToggle(one.value)}>
            {one.label}
            {chosen.includes(one.value) && <span className="spoken">, on</span>}
          </Menu.Item>
        ))}
        {children}
      </Menu.Dropdown>
    </Menu>
  )
}
