import { useMutation, useQueryClient } from '@tanstack/react-query'
import { wholeMomentText } from '@/lib/time'
import { Button } from '@/ui/Button'
import { Card } from '@/ui/Card'
import { type AiSettings, letItAsk, workspaceQueries } from '../api'
import styles from './workspace.module.css'

/** Whether every new failure is analysed without anybody's asking. */
export function AskedByItself({ now, mayAllow }: { now: AiSettings; mayAllow: boolean }) {
  const queries = useQueryClient()
  const change = useMutation({ mutationFn: letItAsk, onSuccess: (after) => queries.setQueryData(workspaceQueries.ai().queryKey, after) })
  const isOn = now.asks_itself_since !== null
  return (
    <Card title="New failures" aside={isOn ? 'analysed by themselves' : 'analysed when somebody asks'}>
      <div className={styles.consent}>
        <p>
          Switched on, the model is asked about each failure that is seen for the first time, once, within the limits that hold for people: money, questions in a minute, the pause after overloads. The answer
          stands on the page of the failure and is offered on its runs.
        </p>
        {now.asks_itself_since !== null && (
          <p className={styles.hint}>
            On since {wholeMomentText(now.asks_itself_since)}, by {now.asks_itself_by}
          </p>
        )}
        {mayAllow && (isOn || now.why_not?.code !== 'no_key') && (
          <Button disabled={change.isPending} onClick={() => change.mutate(!isOn)}>
            {isOn ? 'Only when somebody asks' : 'Analyse new failures by themselves'}
          </Button>
        )}
        {change.isError && <p className={styles.problem} role="alert">{change.error.message}</p>}
      </div>
    </Card>
  )
}
