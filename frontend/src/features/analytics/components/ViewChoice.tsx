import { Segmented } from '@/ui/Segmented'

export type View = 'chart' | 'table'

/** Every chart is there as a table as well: to be read aloud, copied, compared. */
export function ViewChoice({ value, onChange }: { value: View; onChange: (view: View) => void }) {
  return (
    <Segmented
      label="View"
      value={value}
      options={[
        ['chart', 'Chart'],
        ['table', 'Table'],
      ]}
      onChange={onChange}
    />
  )
}
