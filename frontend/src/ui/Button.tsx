import styles from './Button.module.css'

interface Props extends React.ComponentProps<'button'> {
  look?: 'plain' | 'primary' | 'danger'
  small?: boolean
}

export function Button({ look = 'plain', small = false, className = '', type = 'button', ...rest }: Props) {
  return <button type={type} className={buttonClass(look, small, className)} {...rest} />
}

export function buttonClass(look: NonNullable<Props['look']> = 'plain', small = false, more = ''): string {
  const classes = [styles.button, look === 'plain' ? '' : styles[look], small ? styles.small : '', more]
  return classes.filter(Boolean).join(' ')
}
