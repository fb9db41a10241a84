import { useQuery } from '@tanstack/react-query'
import { environmentsQuery } from '@/lib/names'

interface Props extends Omit<React.ComponentProps<'select'>, 'onChange'> {
  value: string
  onChange: (name: string) => void
}

/** The environments of the workspace, and the one that is chosen even where it is no more. */
export function EnvironmentSelect({ value, onChange, ...rest }: Props) {
  const environments = useQuery(environmentsQuery)
  const names = environments.data?.map((one) => one.name) ?? []
  return (
    <select {...rest} value={value} onChange={(event) => onChange(event.target.value)}>
      <option value="">None</option>
      {value && !names.includes(value) && <option value={value}>{environments.data ? `${value} (deleted)` : value}</option>}
      {names.map((name) => (
        <option key={name} value={name}>
          {name}
        </option>
      ))}
    </select>
  )
}
