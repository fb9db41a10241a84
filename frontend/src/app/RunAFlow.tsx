import { useNavigate } from '@tanstack/react-router'
import { lazy, Suspense, useState } from 'react'
import { Button } from '@/ui/Button'
import { Icon } from '@/ui/Icon'
import { PATHS } from './paths'

// Loaded when it is opened: the list of executions is looked at far more often than a flow is run from it.
const RunDrawer = lazy(() => import('@/features/flows/components/RunDrawer').then((found) => ({ default: found.RunDrawer })))

/** Chooses a flow, runs it, and goes to the live execution. */
export function RunAFlow() {
  const navigate = useNavigate()
  const [state, setState] = useState<'never' | 'open' | 'closed'>('never')
  return (
    <>
      <Button look="primary" onClick={() => setState('open')}>
        <Icon name="play" size={12} />
        Run a flow
      </Button>
      {state !== 'never' && (
        <Suspense fallback={null}>
          <RunDrawer
            isOpen={state === 'open'}
            onClose={() => setState('closed')}
            onStarted={(execution) => void navigate({ to: PATHS.execution, params: { executionId: String(execution.id) } })}
          />
        </Suspense>
      )}
    </>
  )
}
