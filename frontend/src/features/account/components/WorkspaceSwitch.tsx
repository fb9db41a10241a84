import { Menu } from '@mantine/core'
import type { Me } from '@/lib/me'
import { sectionIn } from '@/lib/workspace'
import { Icon } from '@/ui/Icon'
import styles from './account.module.css'

/** One entry for each workspace of the reader's. A switch loads the page anew: nothing of the old one stays in memory. */
export function WorkspaceItems({ me }: { me: Me }) {
  return me.workspaces.map((one) => (
    <Menu.Item
      key={one.slug}
      component="a"
      href={sectionIn(one.slug, location.pathname)}
      aria-current={one.slug === me.workspace ? 'true' : undefined}
      rightSection={one.slug === me.workspace ? <Icon name="check" size={14} /> : undefined}
    >
      {one.name}
    </Menu.Item>
  ))
}

/** In which workspace one is, and the way to the others. */
export function WorkspaceSwitch({ me }: { me: Me }) {
  const name = me.workspaces.find((one) => one.slug === me.workspace)?.name ?? me.workspace
  if (me.workspaces.length < 2) return <span className={styles.workspace} title={name}>{name}</span>
  return (
    <Menu position="right-start" width={220}>
      <Menu.Target>
        <button type="button" className={`${styles.workspace ?? ''} ${styles.switch ?? ''}`} aria-label={`Workspace ${name}, switch`} title={name}>
          <span>{name}</span>
          <Icon name="down" size={10} />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <WorkspaceItems me={me} />
      </Menu.Dropdown>
    </Menu>
  )
}
