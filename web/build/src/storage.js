// Keeps tabs, history and settings in localStorage under our own prefix: another GraphiQL served from the same
// origin (people run many things on localhost) would otherwise share them.
const prefix = 'augmentedos:';

// The layout until somebody drags it: the query gets most room, so that a line of usual length fits.
const layout = { 'graphiql:docExplorerFlex': '0.27', 'graphiql:editorFlex': '1.3' };

export function createStorage() {
  let store;
  try {
    store = window.localStorage;
  } catch {
    store = undefined; // storage is blocked: everything works, nothing is remembered
  }
  const ownKeys = () => Object.keys(store ?? {}).filter((key) => key.startsWith(prefix));
  return {
    getItem: (key) => store?.getItem(prefix + key) ?? layout[key] ?? null,
    setItem: (key, value) => store?.setItem(prefix + key, value),
    removeItem: (key) => store?.removeItem(prefix + key),
    clear: () => ownKeys().forEach((key) => store.removeItem(key)),
    get length() {
      return ownKeys().length;
    },
  };
}
