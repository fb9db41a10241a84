import { useState } from 'react'
import { Button } from './Button'

/** A button that asks once more, in place; it names what will happen. */
export function Confirm({ label, sure, isBusy, onSure }: { label: string; sure: string; isBusy: boolean; onSure: () => void }) {
  const [asks, setAsks] = useState(false)
  if (!asks) {
    return (
      <Button small disabled={isBusy} onClick={() => setAsks(true)}>
        {label}
      </Button>
    )
  }
  return (
    <>
      <Button
        small
        look="danger"
        autoFocus
        disabled={isBusy}
        onClick={() => {
          setAsks(false)
          onSure()
        }}
      >
        {sure}
      </Button>
      <Button small onClick={() => setAsks(false)}>
        Keep
      </Button>
    </>
  )
}
