// Elements, made without ever reading text as HTML.

const SVG = "http://www.w3.org/2000/svg";

/**
 * @param {Element} element @param {Record<string, any>} properties
 * @param {(Node | string | null | undefined | false)[]} children
 */
function furnished(element, properties, children) {
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== undefined) element.setAttribute(name, String(value));
  }
  element.append(
    ...children.filter((each) => each !== null && each !== undefined && each !== false),
  );
  return element;
}

/** @param {string} tag @param {Record<string, any>} [properties] @param {any[]} children */
const make = (tag, properties = {}, ...children) =>
  /** @type {HTMLElement} */ (furnished(document.createElement(tag), properties, children));

/** @param {string} tag @param {Record<string, any>} [properties] @param {any[]} children */
const draw = (tag, properties = {}, ...children) =>
  furnished(document.createElementNS(SVG, tag), properties, children);

/** @param {string} id @returns {any} */
const byId = (id) => document.getElementById(id);

/** @param {string} id @param {any[]} children */
const fill = (id, ...children) => byId(id).replaceChildren(...children.filter(Boolean));

// Okabe and Ito's colours, a letter, and for lines a dash: nothing is told by colour alone.
const COLOURS = 7;
const DASHES = ["none", "7 3", "2 3", "10 3 2 3", "5 5", "1 4", "12 4"];
/** So many weights look different as lines: each colour comes with each dash once. */
const LOOKS = COLOURS * DASHES.length;

/** @param {number} entry @returns {string} a, b, ..., z, aa, ab, ..., as in the pictures of Python */
const letter = (entry) =>
  (entry >= 26 ? letter(Math.floor(entry / 26) - 1) : "") + String.fromCharCode(97 + (entry % 26));

// with each round of the dashes the colours move on by one, so that a kernel as wide as there are
// colours has no columns of one colour either
/** @param {number} weight */
const colourClass = (weight) =>
  `weight w${(weight + Math.floor(weight / DASHES.length)) % COLOURS}`;

/** @param {number} weight */
const dashOf = (weight) => DASHES[weight % DASHES.length];
