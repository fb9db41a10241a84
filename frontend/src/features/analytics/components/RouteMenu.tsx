import { Menu } from '@mantine/core'
import { Button } from '@/ui/Button'
import { Icon } from '@/ui/Icon'
import type { Called, RouteWish } from '../api/types'
import { operationText } from '../coverage'
import { canMerge } from '../routes'

/** Where the looks of an address deceive: a person says what is one route and what is not. */
export function RouteMenu({ call, onChoose }: { call: Called; onChoose: (wish: RouteWish) => void }) {
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button small aria-label={`Route of ${operationText(call.protocol, call.operation, call.route)}`}>
          <Icon name="more" size={14} />
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item disabled={!canMerge(call.route)} onClick={() => onChoose('one')}>
          Treat as one…
        </Menu.Item>
        <Menu.Item onClick={() => onChoose('apart')}>Keep apart…</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
