// A whole pasted model: the lines of the network that it is.

/** Sizes of an image that models are often made for; tried where the code says none. */
const USUAL = [28n, 32n, 64n, 96n, 128n, 224n, 227n, 256n, 299n];

/** @param {Call[]} calls @returns {boolean} */
const isModel = (calls) =>
  calls.some(({ name }) => isContainer(name)) || calls.filter(({ added }) => added).length > 1;

/** @param {string} name */
const isContainer = (name) => DATA.readable.containers.includes(lastOf(name));

/**
 * The network of a pasted model, in place of the one that there was.
 * @param {State} state @param {Call[]} calls
 * @returns {Pasted}
 */
function withModel(state, calls) {
  // an empty Sequential that layers are added to, and then the layers
  if (calls.slice(1).some(({ added }) => !added)) throw new Refusal("several");
  const layers = calls.flatMap(membersOfModel).map((call) => ({ call, ...inNetwork(call) }));
  const rows = layers.filter(({ entry }) => entry.kind !== "input");
  if (!rows.length) throw new Refusal("empty model");
  if (rows.length > MOST_LAYERS) {
    throw new Refusal("many layers", { layers: rows.length, most: MOST_LAYERS });
  }
  const net = rows.map(({ call }) => call.text);
  const model = { ...state, view: "network", net };
  const shapes = shapesFor(state, layers);
  const fits = shapes.find((shape) => networkOf({ ...model, shape }).whole);
  return { state: { ...model, shape: fits ?? shapes[0] }, supposed: shapes.length > 1 };
}

/** @param {Call} call @returns {Call[]} the layers in a Sequential, or the layer itself */
function membersOfModel(call) {
  if (!isContainer(call.name)) return [call];
  const named = call.named.filter(([name]) => name === "layers").map(([, value]) => value);
  const given = call.given.length ? call.given : named;
  const members = given.length === 1 && Array.isArray(given[0]) ? given[0] : given;
  const other = lastOf(call.name) !== DATA.readable.containers[0];
  if (other) throw new Refusal("model", { name: lastOf(call.name) });
  return members.flatMap((each) => {
    if (each instanceof Unread && /^[\w.]+\(.*\)$/s.test(each.text)) {
      return membersOfModel(readCall(each.text));
    }
    throw new Refusal("model", { name: short(valueText(each)) });
  });
}

/** @param {Call} call */
function inNetwork(call) {
  try {
    return understood(call);
  } catch (refusal) {
    if (!(refusal instanceof Refusal) || refusal.key !== "elsewhere") throw refusal;
    throw new Refusal("model", { name: lastOf(call.name) });
  }
}

/**
 * What may come in: the shape that the model says, or else shapes that its first layer takes.
 * @param {State} state
 * @param {{given: Record<string, any>, fields: Record<string, any>, entry: any}[]} layers
 * @returns {Whole[][]}
 */
function shapesFor(state, layers) {
  const own = ownShape(layers[0].given)?.sizes ?? null;
  if (own && !own.includes(null)) return [/** @type {Whole[]} */ (own)];
  const first = layers.find(({ entry }) => entry.ndim || "in_features" in entry.fields);
  const kind = first?.entry.kind;
  const from = first?.fields ?? {};
  if (!own && kind === "dense") return [[from.in_features ?? stateOf({}).whole.in_features]];
  const rank = own ? own.length - 1 : (first?.entry.ndim ?? state.shape.length - 1);
  const told = layers.map(({ fields }) => fields.in_channels ?? fields.channels);
  const channels = own?.at(-1) ?? told.find((each) => each !== undefined) ?? state.shape.at(-1);
  const sizes = (/** @type {Whole | null} */ usual) =>
    Array.from({ length: rank }, (_, at) => own?.[at] ?? usual ?? state.shape[at]);
  const now = state.shape.length === rank + 1 ? [null] : [];
  return [...now, ...USUAL].map((usual) => [...sizes(usual), channels]);
}
