import { Menu } from '@mantine/core'
import type { Me } from '@/lib/me'
import { Icon } from '@/ui/Icon'
import { passwordPage, signOut } from '../signOut'
import { WorkspaceItems } from './WorkspaceSwitch'
import styles from './account.module.css'

/** Who is signed in, as what, and what they may do about it. */
export function AccountMenu({ me, className = '' }: { me: Me; className?: string | undefined }) {
  const here = me.workspaces.find((one) => one.slug === me.workspace)
  return (
    <Menu position="right-end" width={240}>
      <Menu.Target>
        <button type="button" className={className} aria-label={`Signed in as ${me.user}`} title={me.user}>
          <Icon name="user" />
          <span className={styles.name}>{me.user}</span>
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {me.user}
          {here && `, ${here.role} in ${here.name}`}
        </Menu.Label>
        {me.workspaces.length > 1 && (
          <>
            <WorkspaceItems me={me} />
            <Menu.Divider />
          </>
        )}
        <Menu.Item component="a" href={passwordPage()}>
          Change password
        </Menu.Item>
        <Menu.Item onClick={signOut}>Sign out</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
