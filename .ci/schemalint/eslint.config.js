// The recommended and Relay rules for the printed schema, the recommended ones
// for the golden operations. What is off says why.
import graphql from '@graphql-eslint/eslint-plugin'

const language = {
  parser: graphql.parser,
  parserOptions: { graphQLConfig: { schema: 'schema.graphql', documents: 'testdata/operations/*.graphql' } },
}

export default [
  {
    files: ['schema.graphql'],
    languageOptions: language,
    plugins: { '@graphql-eslint': graphql },
    rules: {
      ...graphql.configs['flat/schema-recommended'].rules,
      ...graphql.configs['flat/schema-relay'].rules,
      // One line stays on one line, more lines are a block.
      '@graphql-eslint/description-style': 'off',
      // Connections also have `nodes`, and parts of a document are lists.
      '@graphql-eslint/relay-edge-types': ['error', { withEdgeSuffix: true, shouldImplementNode: false, listTypeCanWrapOnlyEdgeType: false }],
      // Parts of a document have no identity; that nodes have one, the interface Node says.
      '@graphql-eslint/strict-id-in-types': 'off',
      // The business key of a task instance is its column: taskInstanceId.
      '@graphql-eslint/no-typename-prefix': 'off',
    },
  },
  {
    files: ['testdata/operations/*.graphql'],
    languageOptions: language,
    plugins: { '@graphql-eslint': graphql },
    rules: {
      ...graphql.configs['flat/operations-recommended'].rules,
      // A screen asks for what it shows.
      '@graphql-eslint/require-selections': 'off',
      // The server's own limit counts hops between entities; the deepest screen has 9 levels of braces.
      '@graphql-eslint/selection-set-depth': ['error', { maxDepth: 9 }],
    },
  },
]
