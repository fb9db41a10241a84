import { useRef } from 'react'
import { Button } from '@/ui/Button'
import { Icon } from '@/ui/Icon'
import styles from './EditorBar.module.css'

interface Props {
  filename: string
  state: string
  place: { line: number; column: number }
  text: string
  mayWrite: boolean
  onFile: (file: File) => void
  onOutline: () => void
}

export function EditorBar({ filename, state, place, text, mayWrite, onFile, onOutline }: Props) {
  const picker = useRef<HTMLInputElement>(null)
  return (
    <div className={styles.bar}>
      <span className={styles.file}>{filename}</span>
      <span className={styles.state}>{state}</span>
      <span className={styles.gap} />
      <span className={styles.place}>
        line {place.line}, column {place.column}
      </span>
      <Button small className={styles.outline} onClick={onOutline}>
        Outline
      </Button>
      {mayWrite && (
        <>
          <input
            ref={picker}
            type="file"
            accept=".yaml,.yml,text/yaml"
            hidden
            aria-label="A flow file"
            onChange={(event) => {
              const file = event.target.files?.[0]
              if (file) onFile(file)
              event.target.value = ''
            }}
          />
          <Button small onClick={() => picker.current?.click()} title="Puts the text of a file in the place of this one. A file can also be dropped here.">
            <Icon name="import" size={12} />
            Import
          </Button>
        </>
      )}
      <Button small onClick={() => download(filename, text)}>
        <Icon name="export" size={12} />
        Download
      </Button>
    </div>
  )
}

function download(filename: string, text: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([text], { type: 'application/yaml' }))
  link.download = filename
  link.click()
  URL.revokeObjectURL(link.href)
}
