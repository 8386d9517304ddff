// The explorer: GraphiQL with a Start pane, served by the API itself and usable without any other host.
import 'monaco-graphql/esm/monaco-editor.js'; // statically, so that its style sheet joins the page's
import '@graphiql/react/style.css';
import '@graphiql/plugin-doc-explorer/style.css';
import '@graphiql/plugin-history/style.css';
import '@graphiql/plugin-explorer/style.css';
import 'graphiql/graphiql.css';
import './explorer.css';

import { GraphiQL } from 'graphiql';
import { HISTORY_PLUGIN } from '@graphiql/plugin-history';
import { explorerPlugin } from '@graphiql/plugin-explorer';
import { createRoot } from 'react-dom/client';

import { page } from './page.js';
import { createFetcher } from './fetcher.js';
import { linkedTab, Share } from './share.jsx';
import { createStorage } from './storage.js';
import { EditorTheme } from './theme.jsx';
import { Mark, startPlugin } from './start.jsx';

globalThis.MonacoEnvironment = {
  getWorker: (_, label) => new Worker(page.workers[label] ?? page.workers.editor, { type: 'module' }),
};

const blankTab = `# Ctrl-Space completes, Ctrl-Enter runs, Ctrl-click opens the documentation.
`;

const storage = createStorage();
const start = startPlugin(page);
const plugins = [start, { ...explorerPlugin({ showAttribution: false }), title: 'Query builder' }, HISTORY_PLUGIN];
const fetcher = createFetcher(new URL('graphql', document.baseURI));

// openedTab is the tab to begin with: what a link brings, the one that was open last, or the first example. GraphiQL restores its list of
// tabs but fills the editors from the values last typed, which are not always those of the open tab.
const linked = linkedTab();

function openedTab() {
  if (linked) return linked;
  try {
    const stored = JSON.parse(storage.getItem('graphiql:tabState'));
    if (stored) return stored.tabs[stored.activeTabIndex];
  } catch {
    // written by something else; GraphiQL discards it too
  }
  return page.tabs[0];
}

function Explorer() {
  const opened = openedTab();
  return (
    <GraphiQL
      fetcher={fetcher}
      storage={storage}
      plugins={plugins}
      visiblePlugin={start}
      defaultQuery={blankTab}
      defaultTabs={linked ? [linked, ...page.tabs] : page.tabs.length ? page.tabs : undefined}
      initialQuery={opened?.query ?? undefined}
      initialVariables={opened?.variables ?? undefined}
      defaultEditorToolsVisibility={page.tabs.some((tab) => tab.variables)}
      inputValueDeprecation
      schemaDescription
      shouldPersistHeaders={false}
    >
      <GraphiQL.Logo>
        <span className="aos-brand">
          <Mark /> Augmented OS graph
        </span>
      </GraphiQL.Logo>
      <GraphiQL.Toolbar>
        {({ prettify, merge, copy }) => (
          <>
            {prettify}
            {merge}
            {copy}
            <Share />
          </>
        )}
      </GraphiQL.Toolbar>
      <EditorTheme />
    </GraphiQL>
  );
}

createRoot(document.getElementById('explorer')).render(<Explorer />);
