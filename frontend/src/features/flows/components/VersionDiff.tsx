import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense } from 'react'
import { Notice } from '@/ui/Notice'
import { Skeleton } from '@/ui/Skeleton'
import { flowQueries } from '../api/queries'

const DiffView = lazy(() => import('../editor/DiffView').then((found) => ({ default: found.DiffView })))

export function VersionDiff({ slug, from, to, isUnified }: { slug: string; from: number; to: number; isUnified: boolean }) {
  const before = useQuery(flowQueries.version(slug, from))
  const after = useQuery(flowQueries.version(slug, to))
  const error = before.error ?? after.error
  if (error) return <Notice role="alert" title={error.message} action={{ label: 'Try again', run: () => void Promise.all([before.refetch(), after.refetch()]) }} />
  if (!before.data || !after.data) return <Skeleton rows={20} height={19} />
  if (before.data.text === after.data.text) return <Notice title={from === to ? 'Choose two versions to compare.' : 'The texts are the same: the files that came with them differ.'} />
  return (
    <Suspense fallback={<Skeleton rows={20} height={19} />}>
      <DiffView before={before.data.text} after={after.data.text} isUnified={isUnified} />
    </Suspense>
  )
}
