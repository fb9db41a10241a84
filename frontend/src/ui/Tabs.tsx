import styles from './Tabs.module.css'

export interface Tab<Name extends string> {
  name: Name
  label: string
  count?: string | number | undefined
  tone?: 'fail' | 'retry' | undefined
}

interface Props<Name extends string> {
  tabs: Tab<Name>[]
  chosen: Name
  onChoose: (name: Name) => void
  panel: string
}

/** A row of tabs; arrow keys move between them. */
export function Tabs<Name extends string>({ tabs, chosen, onChoose, panel }: Props<Name>) {
  const move = (event: React.KeyboardEvent): void => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0
    if (!step) return
    const at = tabs.findIndex((tab) => tab.name === chosen)
    const next = tabs[(at + step + tabs.length) % tabs.length]
    if (!next) return
    onChoose(next.name)
    document.getElementById(`tab-${next.name}`)?.focus()
  }
  return (
    <div className={styles.tabs} role="tablist" onKeyDown={move}>
      {tabs.map((tab) => (
        <button
          key={tab.name}
          id={`tab-${tab.name}`}
          type="button"
          role="tab"
          aria-selected={tab.name === chosen}
          aria-controls={panel}
          tabIndex={tab.name === chosen ? 0 : -1}
          className={styles.tab}
          onClick={() => onChoose(tab.name)}
        >
          {tab.label}
          {tab.count !== undefined && <span className={`${styles.count ?? ''} ${styles[tab.tone ?? ''] ?? ''}`}>{tab.count}</span>}
        </button>
      ))}
    </div>
  )
}
