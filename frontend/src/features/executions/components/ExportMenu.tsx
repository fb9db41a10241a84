import { Menu } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { addressOf } from '@/lib/http'
import { Button } from '@/ui/Button'
import { Icon } from '@/ui/Icon'
import styles from './ExecutionHeader.module.css'

const FORMATS = [
  { format: 'html', label: 'HTML, one page that opens without a network' },
  { format: 'json', label: 'JSON, everything that is recorded' },
  { format: 'junit', label: 'JUnit, for a pipeline' },
] as const

export function ExportMenu({ executionId }: { executionId: number }) {
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button className={styles.wide ?? ''}>
          <Icon name="export" size={14} />
          Export
          <Icon name="down" size={12} />
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Exports executionId={executionId} />
      </Menu.Dropdown>
    </Menu>
  )
}

/** On a phone: what there is no room for in the header. */
export function PhoneMenu({ executionId }: { executionId: number }) {
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button className={styles.phone ?? ''} aria-label="Compare and export">
          <Icon name="more" size={14} />
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item renderRoot={(props) => <Link to="/executions/$executionId/compare" params={{ executionId: String(executionId) }} {...props} />}>
          Compare with another run
        </Menu.Item>
        <Menu.Divider />
        <Menu.Label>Export</Menu.Label>
        <Exports executionId={executionId} />
      </Menu.Dropdown>
    </Menu>
  )
}

function Exports({ executionId }: { executionId: number }) {
  return FORMATS.map(({ format, label }) => (
    <Menu.Item key={format} component="a" href={addressOf(`/executions/${executionId}/export`, { format })} download>
      {label}
    </Menu.Item>
  ))
}
