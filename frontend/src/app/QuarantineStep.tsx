import { useState } from 'react'
import { QuarantineDialog } from '@/features/analytics/components/QuarantineDialog'
import type { Diagnosis } from '@/features/diagnosis/api'
import { Button } from '@/ui/Button'

/** For admins: from the diagnosis of a step straight to its quarantine. */
export function QuarantineStep({ diagnosis, flowName }: { diagnosis: Diagnosis; flowName: string }) {
  const [isOpen, setOpen] = useState(false)
  const step = { flow: diagnosis.flow, flow_name: flowName, key: diagnosis.failed_step.key, quarantine: null }
  return (
    <>
      <Button small onClick={() => setOpen(true)} title="Its failures stop no pipeline for some days">
        Quarantine
      </Button>
      {isOpen && <QuarantineDialog step={step} onClose={() => setOpen(false)} />}
    </>
  )
}
