import { useEffect, useState } from 'react'
import { Button } from './Button'
import { Icon } from './Icon'

interface Props {
  text: () => string
  label: string
  icon?: 'copy' | 'link'
  iconOnly?: boolean
}

/** Copies, and says so where it was clicked. */
export function CopyButton({ text, label, icon = 'copy', iconOnly = false }: Props) {
  const [said, setSaid] = useState('')
  useEffect(() => {
    if (!said) return
    const timer = window.setTimeout(() => setSaid(''), 1600)
    return () => window.clearTimeout(timer)
  }, [said])
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text())
      setSaid('Copied')
    } catch {
      setSaid('The browser does not allow it')
    }
  }
  return (
    <Button small onClick={() => void copy()} title={iconOnly ? label : undefined}>
      <Icon name={icon} size={14} />
      <span aria-live="polite" className={iconOnly && !said ? 'spoken' : undefined}>
        {said || label}
      </span>
    </Button>
  )
}
