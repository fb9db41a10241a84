import { Button } from '@/ui/Button'
import { Icon } from '@/ui/Icon'
import { isActive } from '../analysis'
import { useAnalysis } from '../useAnalysis'

/** In the header of a run that failed: leads to the diagnosis, and has the model asked where that is allowed. */
export function AnalyseButton({ execution, mayRun, onOpen }: { execution: number; mayRun: boolean; onOpen: () => void }) {
  const { state, analysis, ask } = useAnalysis({ execution })
  const isOn = (analysis !== undefined && isActive(analysis)) || ask.isPending
  const asks = mayRun && state.data !== undefined && state.data.why_not === null && state.data.similar === null && (analysis === undefined || analysis.status === 'failed')
  return (
    <Button
      title={state.data?.why_not?.message ?? 'Opens the failed step, with what the model says of it'}
      disabled={state.isPending}
      onClick={() => {
        onOpen()
        if (asks && !isOn) ask.mutate(false)
      }}
    >
      <Icon name="sparkle" size={14} />
      {isOn ? 'Analysing' : 'Analyse with AI'}
    </Button>
  )
}
