import { Menu } from '@mantine/core'
import { addressOf } from '@/lib/http'
import { Button } from '@/ui/Button'
import { Icon } from '@/ui/Icon'

const FORMATS = [
  { format: 'html', label: 'HTML, one page that opens without a network' },
  { format: 'json', label: 'JSON, everything that is recorded' },
  { format: 'junit', label: 'JUnit, for a pipeline' },
] as const

export function ExportMenu({ executionId }: { executionId: number }) {
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button>
          <Icon name="export" size={14} />
          Export
          <Icon name="down" size={12} />
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {FORMATS.map(({ format, label }) => (
          <Menu.Item key={format} component="a" href={addressOf(`/executions/${executionId}/export`, { format })} download>
            {label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
