// What the server wrote into the page: worker addresses, the example operations and links to other pages.
export const page = JSON.parse(document.getElementById('page').textContent);
