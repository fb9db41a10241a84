import '@mantine/core/styles/Drawer.css'
import { Drawer } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { passwordPage, signOut } from '@/features/account/signOut'
import type { Me } from '@/lib/me'
import { sectionIn } from '@/lib/workspace'
import { Icon, type IconName } from '@/ui/Icon'
import { PATHS } from './paths'
import styles from './MoreSheet.module.css'
import { useTheme } from './useTheme'

interface Props {
  me: Me | undefined
  admin: string | undefined
  isOpen: boolean
  onClose: () => void
}

/** What has no room in the bar of a phone. */
export function MoreSheet({ me, admin, isOpen, onClose }: Props) {
  const { words, turn } = useTheme()
  return (
    <Drawer opened={isOpen} onClose={onClose} position="bottom" size={400} title="More" closeButtonProps={{ 'aria-label': 'Close' }} transitionProps={{ duration: 120 }} lockScroll={false}>
      <div className={styles.places} onClick={onClose}>
        <Link to={PATHS.schedules} className={styles.place}>
          <Named icon="schedule">Schedules</Named>
        </Link>
        <Link to={PATHS.batches} className={styles.place}>
          <Named icon="import">Batches</Named>
        </Link>
        <Link to={PATHS.workspacePart} params={{ part: 'notifications' }} className={styles.place}>
          <Named icon="link">Notifications</Named>
        </Link>
        <Link to={PATHS.workspacePart} params={{ part: 'tokens' }} className={styles.place}>
          <Named icon="key">Workspace</Named>
        </Link>
        {admin && (
          <a href={admin} className={styles.place}>
            <Named icon="admin">Admin</Named>
          </a>
        )}
        <button type="button" className={styles.place} onClick={turn}>
          <Named icon="theme">{words}</Named>
        </button>
      </div>
      {me && me.workspaces.length > 1 && (
        <>
          <h3 className={styles.heading}>Workspaces</h3>
          <div className={styles.places}>
            {me.workspaces.map((one) => (
              <a key={one.slug} href={sectionIn(one.slug, location.pathname)} className={styles.place} aria-current={one.slug === me.workspace ? 'true' : undefined}>
                <Named icon={one.slug === me.workspace ? 'check' : 'compare'}>{one.name}</Named>
              </a>
            ))}
          </div>
        </>
      )}
      {me && (
        <>
          <h3 className={styles.heading}>Signed in as {me.user}</h3>
          <div className={styles.places}>
            <a href={passwordPage()} className={styles.place}>
              <Named icon="user">Change password</Named>
            </a>
            <button type="button" className={styles.place} onClick={signOut}>
              <Named icon="back">Sign out</Named>
            </button>
          </div>
        </>
      )}
    </Drawer>
  )
}

function Named({ icon, children }: { icon: IconName; children: React.ReactNode }) {
  return (
    <>
      <Icon name={icon} />
      <span>{children}</span>
    </>
  )
}
