// Gives Monaco the colours of explorer.css: its themes are data, out of reach of a style sheet.
import { useMonaco } from '@graphiql/react';
import { useEffect } from 'react';

const accents = {
  dark: { base: 'vs-dark', accent: '#5cc8e8', panel: '#171c26', argument: '#b5a8ff' },
  light: { base: 'vs', accent: '#0b6f94', panel: '#ffffff', argument: '#6253c4' },
};

export function EditorTheme() {
  const monaco = useMonaco((state) => state.monaco);
  useEffect(() => {
    if (!monaco) return;
    monaco.editor.defineTheme('graphiql-DARK', theme(accents.dark));
    monaco.editor.defineTheme('graphiql-LIGHT', theme(accents.light));
  }, [monaco]);
  return null;
}

function theme({ base, accent, panel, argument }) {
  const soft = `${accent}22`;
  return {
    base,
    inherit: true,
    rules: [{ token: 'argument.identifier.gql', foreground: argument.slice(1) }],
    colors: {
      'editor.background': '#00000000',
      'scrollbar.shadow': '#00000000',
      'textLink.foreground': accent,
      'textLink.activeForeground': accent,
      'editorLink.activeForeground': accent,
      'editorHoverWidget.background': panel,
      'editorSuggestWidget.background': panel,
      'editorSuggestWidget.selectedBackground': soft,
      'editorSuggestWidget.selectedForeground': accent,
      'editorSuggestWidget.highlightForeground': accent,
      'editorWidget.background': panel,
      'list.hoverBackground': soft,
      'list.highlightForeground': accent,
      'list.focusHighlightForeground': accent,
      'menu.background': panel,
      'menu.selectionBackground': soft,
      'menu.selectionForeground': accent,
      'quickInput.background': panel,
      'quickInputList.focusBackground': soft,
      'pickerGroup.foreground': accent,
      'toolbar.hoverBackground': soft,
      focusBorder: accent,
    },
  };
}
