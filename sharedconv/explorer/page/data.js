// What Python's rules say of themselves (sharedconv/explorer/data.py).

/** @type {any} */
const DATA = JSON.parse(/** @type {any} */ (document.getElementById("data")).textContent);
