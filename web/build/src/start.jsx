// The Start pane: what this graph is, and one example operation for each kind of user.
import { formatShortcutForOS, useGraphiQL, useGraphiQLActions } from '@graphiql/react';

export function startPlugin(page) {
  return { title: 'Start', icon: Mark, content: () => <Start {...page} /> };
}

function Start({ tabs, examples, links }) {
  const open = useOpenExample();
  return (
    <section className="aos-start" aria-label="Start">
      <h1>Augmented OS graph</h1>
      <p>
        Definitions, their running instances and everything between them as one graph: workflow to task to UI
        component, event to trigger to workflow. Follow an edge from any node, in either direction.
      </p>
      {[...tabs, ...examples].map((tab) => (
        <button type="button" className="aos-example" key={tab.name} onClick={() => open(tab)}>
          <strong>{tab.name}</strong>
          <span>{tab.about}</span>
        </button>
      ))}
      <dl>
        <Key keys={formatShortcutForOS('Ctrl-Enter', 'Cmd')}>run, or stop a subscription</Key>
        <Key keys="Ctrl-Space">complete what you are typing</Key>
        <Key keys={formatShortcutForOS('Ctrl-click', 'Cmd')}>documentation of the name under the pointer</Key>
      </dl>
      <p className="aos-links">
        {links.map((link) => (
          <a href={link.href} key={link.href}>
            {link.name}
          </a>
        ))}
      </p>
    </section>
  );
}

function Key({ keys, children }) {
  return (
    <div>
      <dt>
        <kbd>{keys}</kbd>
      </dt>
      <dd>{children}</dd>
    </div>
  );
}

// useOpenExample brings an example to the front: its tab if it is still open, otherwise a new one.
function useOpenExample() {
  const { addTab, changeTab } = useGraphiQLActions();
  const { tabs, activeTabIndex, queryEditor, variableEditor } = useGraphiQL((state) => ({
    tabs: state.tabs,
    activeTabIndex: state.activeTabIndex,
    queryEditor: state.queryEditor,
    variableEditor: state.variableEditor,
  }));
  return (example) => {
    const index = tabs.findIndex((tab) => tab.query === example.query);
    if (index === activeTabIndex) return;
    if (index >= 0) return changeTab(index);
    addTab();
    queryEditor?.setValue(example.query);
    variableEditor?.setValue(example.variables ?? '');
  };
}

// Mark is the product's sign: three nodes and the edges between them.
export function Mark() {
  return (
    <svg viewBox="0 0 24 24" width="1em" height="1em" fill="none" stroke="currentColor" strokeWidth="1.8" aria-hidden="true">
      <path d="M8.2 15.6 10.9 8.4M13.1 8.4l2.7 7.2M8.8 18h6.4" />
      <circle cx="12" cy="5.6" r="2.9" fill="currentColor" stroke="none" />
      <circle cx="6" cy="18" r="2.9" fill="currentColor" stroke="none" />
      <circle cx="18" cy="18" r="2.9" fill="currentColor" stroke="none" />
    </svg>
  );
}
