import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { wholeMomentText } from '@/lib/time'
import { Button } from '@/ui/Button'
import { Card } from '@/ui/Card'
import { Confirm } from '@/ui/Confirm'
import { KeyValues } from '@/ui/KeyValues'
import { Notice } from '@/ui/Notice'
import { Skeleton } from '@/ui/Skeleton'
import { type AiSettings, giveConsent, workspaceQueries } from '../api'
import { AskedByItself } from './AskedByItself'
import styles from './workspace.module.css'

/** Whether a model may be asked here, what that means, and what it has cost today. An admin decides. */
export function AiAnalysis({ mayAllow }: { mayAllow: boolean }) {
  const queries = useQueryClient()
  const found = useQuery(workspaceQueries.ai())
  const change = useMutation({
    mutationFn: giveConsent,
    onSuccess: (now) => {
      queries.setQueryData(workspaceQueries.ai().queryKey, now)
      void queries.invalidateQueries({ queryKey: ['analysis'] })
    },
  })
  if (found.isPending) return <Skeleton rows={6} height={30} />
  if (!found.data) return <Notice role="alert" title={found.error.message} action={{ label: 'Try again', run: () => void found.refetch() }} />
  const now = found.data
  return (
    <div className={styles.part}>
      <Card title="Analysis by a model" aside={now.why_not ? 'off' : 'on'}>
        {now.why_not && <Notice title={now.why_not.message} />}
        <KeyValues rows={rowsOf(now)} />
      </Card>
      <Card title="Data leaves this host">
        <div className={styles.consent}>
          <p>
            When an editor asks for an analysis, evidence about that one failure goes to the model's service: the failed step, its request and response shortened, what it read from earlier steps, how it
            differs from the last run that passed, and earlier failures. Secrets are masked, and masked once more before it is sent. Each analysis shows word for word what was sent.
          </p>
          {mayAllow && now.is_consented && <Confirm label="Withdraw" sure="Withdraw for this workspace" isBusy={change.isPending} onSure={() => change.mutate(false)} />}
          {mayAllow && !now.is_consented && (
            <Button look="primary" disabled={change.isPending} onClick={() => change.mutate(true)}>
              Allow it for this workspace
            </Button>
          )}
          {!mayAllow && <p className={styles.hint}>An admin of the workspace decides.</p>}
          {change.isError && <p className={styles.problem} role="alert">{change.error.message}</p>}
        </div>
      </Card>
      {now.is_consented && <AskedByItself now={now} mayAllow={mayAllow} />}
    </div>
  )
}

function rowsOf(now: AiSettings): [string, string][] {
  const spent = `$${Number(now.spent_today).toFixed(2)} of $${Number(now.day_budget).toFixed(2)}, all workspaces, UTC`
  const by = now.consented_at === null ? 'nobody has said yes' : `${now.is_consented ? 'allowed' : 'withdrawn'} by ${now.consented_by}, ${wholeMomentText(now.consented_at)}`
  return [
    ['API key', now.has_key ? 'set' : 'not set'],
    ['Switch STEPWELL_AI', now.is_switched_on ? 'on' : 'off'],
    ['This workspace', by],
    ['Model', now.has_price ? `${now.model}, prices as of ${now.prices_as_of}` : `${now.model}, price not known: it counts as the dearest`],
    ['Spent today', spent],
  ]
}
