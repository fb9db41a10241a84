import { Modal } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Button } from '@/ui/Button'
import { analyticsQueries, overrideRoutes } from '../api/queries'
import type { Called, RouteWish } from '../api/types'
import { apartPatterns, patternOf, variesAtFirst } from '../routes'
import form from './QuarantineDialog.module.css'
import { RouteAddresses } from './RouteAddresses'
import { RoutePreview } from './RoutePreview'
import { RouteSegments } from './RouteSegments'

interface Props {
  call: Called
  wish: RouteWish
  onClose: () => void
}

/** Which addresses of a service are one route, in a person's word: it stands before what they look like. */
export function RouteDialog({ call, wish, onClose }: Props) {
  const queries = useQueryClient()
  const [varies, setVaries] = useState(() => variesAtFirst(call.route))
  const [isAll, setAll] = useState(true)
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set())
  const patterns = wish === 'one' ? [patternOf(call.route, varies)] : apartPatterns(call.route, isAll, chosen)
  const order = { service: call.service, patterns, wish }
  const isPattern = patterns.length > 0 && (wish === 'apart' || varies.size > 0)
  const preview = useQuery({ ...analyticsQueries.renamed(order), enabled: isPattern })
  const save = useMutation({
    mutationFn: () => overrideRoutes(order),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: analyticsQueries.all })
      onClose()
    },
  })
  const refused = save.error ?? preview.error
  return (
    <Modal opened onClose={onClose} size="lg" title={wish === 'one' ? 'Treat as one route' : 'Keep routes apart'} closeButtonProps={{ 'aria-label': 'Close' }}>
      <form
        className={form.form}
        onSubmit={(event) => {
          event.preventDefault()
          if (isPattern) save.mutate()
        }}
      >
        <p className={form.about}>
          {wish === 'one'
            ? `Mark what varies: whatever stands there at ${call.service}, in any method, is then one route. What was called so far follows.`
            : `What is kept apart at ${call.service} stays as the steps wrote it, in any method. What was called so far follows.`}
        </p>
        {wish === 'one' ? (
          <RouteSegments route={call.route} varies={varies} onChange={setVaries} />
        ) : (
          <RouteAddresses call={call} isAll={isAll} chosen={chosen} onAll={setAll} onChoose={setChosen} />
        )}
        <RoutePreview renamed={isPattern ? preview.data?.items : undefined} />
        {refused && (
          <p role="alert" className={form.refused}>
            {refused.message}
          </p>
        )}
        <div className={form.choices}>
          <Button type="submit" look="primary" disabled={!isPattern || save.isPending}>
            {wish === 'one' ? 'Treat as one' : 'Keep apart'}
          </Button>
        </div>
      </form>
    </Modal>
  )
}
