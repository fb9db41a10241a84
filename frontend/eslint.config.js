import reactHooks from 'eslint-plugin-react-hooks'
import tseslint from 'typescript-eslint'

const never = (group, message) => ({ 'no-restricted-imports': ['error', { patterns: [{ group, message }] }] })

export default tseslint.config(
  { ignores: ['dist', 'src/lib/schema.gen.ts', 'eslint.config.js'] },
  ...tseslint.configs.strictTypeChecked,
  reactHooks.configs.flat.recommended,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
      'no-restricted-globals': ['error', 'alert', 'confirm', 'prompt'],
      'no-restricted-syntax': [
        'error',
        { selector: "JSXAttribute[name.name='dangerouslySetInnerHTML']", message: 'What targets answered never becomes markup.' },
      ],
    },
  },
  // Imports go app -> features -> ui, lib (STYLE §10).
  { files: ['src/features/**'], rules: never(['@/app/*', '**/app/**'], 'Features do not know the app.') },
  { files: ['src/ui/**'], rules: never(['@/app/*', '@/features/*'], 'ui knows no feature.') },
  { files: ['src/lib/**'], rules: never(['@/app/*', '@/features/*', '@/ui/*'], 'lib knows nobody.') },
)
