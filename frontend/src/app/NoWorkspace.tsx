import { signOut } from '@/features/account/signOut'
import type { Problem } from '@/lib/http'
import { Notice } from '@/ui/Notice'
import { PATHS } from './paths'

/** Nobody's page: the address names a workspace that is not the reader's, or the reader has none. */
export function NoWorkspace({ problem, named }: { problem: Problem; named: string | undefined }) {
  return (
    <Notice
      role="alert"
      title={problem.message}
      detail={named ? 'It was renamed, or you are no member of it.' : 'Ask an admin of a workspace to add you.'}
      action={named ? { label: 'Open my own', run: () => location.assign(PATHS.executions) } : { label: 'Sign out', run: signOut }}
    />
  )
}
