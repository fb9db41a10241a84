import { useQuery } from '@tanstack/react-query'
import { useId } from 'react'
import { flowsNamed } from '@/lib/names'

interface Props extends Omit<React.ComponentProps<'input'>, 'onChange'> {
  value: string
  onChange: (slug: string) => void
}

/** The slug of a flow, with those that what is typed finds. */
export function FlowInput({ value, onChange, placeholder = 'checkout', ...rest }: Props) {
  const list = useId()
  const flows = useQuery(flowsNamed(value))
  return (
    <>
      <input {...rest} value={value} list={list} placeholder={placeholder} autoComplete="off" onChange={(event) => onChange(event.target.value)} />
      <datalist id={list}>
        {flows.data?.map((flow) => (
          <option key={flow.slug} value={flow.slug}>
            {flow.name}
          </option>
        ))}
      </datalist>
    </>
  )
}
