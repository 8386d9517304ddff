// Links to operations. What is behind the # of an address stays in the browser: no server sees or logs it.
import { ToolbarButton, useGraphiQL } from '@graphiql/react';
import { useState } from 'react';

// linkedTab is the operation that the address brings, if it brings one.
export function linkedTab() {
  const brought = new URLSearchParams(location.hash.slice(1));
  if (!brought.get('query')) return undefined;
  return { query: brought.get('query'), variables: brought.get('variables') ?? undefined };
}

function linkTo(query, variables) {
  const link = new URL(location.href);
  link.search = '';
  link.hash = new URLSearchParams(variables.trim() ? { query, variables } : { query });
  return link.href;
}

// Share puts a link to what the editors hold into the address bar and, where that is allowed, into the clipboard.
export function Share() {
  const { query, variables } = useGraphiQL((state) => ({ query: state.queryEditor, variables: state.variableEditor }));
  const [label, setLabel] = useState('Copy a link to this operation');
  const share = async () => {
    const link = linkTo(query?.getValue() ?? '', variables?.getValue() ?? '');
    history.replaceState(null, '', link);
    try {
      await navigator.clipboard.writeText(link);
      setLabel('The link is in the clipboard');
    } catch {
      setLabel('The link is in the address bar');
    }
  };
  return (
    <ToolbarButton label={label} onClick={share}>
      <svg className="graphiql-toolbar-icon" viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.6" strokeLinecap="round" aria-hidden="true">
        <path d="M10 14a4.5 4.5 0 0 0 6.6.4l3-3a4.5 4.5 0 0 0-6.4-6.4l-1.4 1.4M14 10a4.5 4.5 0 0 0-6.6-.4l-3 3a4.5 4.5 0 0 0 6.4 6.4l1.4-1.4" />
      </svg>
    </ToolbarButton>
  );
}
