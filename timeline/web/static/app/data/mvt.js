// @ts-check
/**
 * Reads Mapbox Vector Tiles of points, as /tiles gives them: the map library keeps to itself what it reads of one.
 * Source: Mapbox Vector Tile specification 2.1; Protocol Buffers encoding.
 */

/** @typedef {Record<string, string | number | boolean> & {x: number, y: number}} Point from the north-west, 0 to 1 of the tile */

const text = new TextDecoder();
const zigzag = (/** @type {number} */ n) => (n % 2 ? -(n + 1) / 2 : n / 2);

/** Read a number of seven bits a byte. @param {Uint8Array} bytes @param {number} at @returns {[number, number]} it, and where the next begins */
function varint(bytes, at) {
  let [value, unit] = [0, 1];
  for (;;) {
    const byte = bytes[at++];
    if (byte === undefined) throw new RangeError("the tile ends too soon");
    value += (byte & 127) * unit;
    if (byte < 128) return [value, at];
    unit *= 128;
  }
}

/** Part a message into its fields: numbers, or bytes. @param {Uint8Array} bytes @returns {Generator<[number, number | Uint8Array]>} */
function* fields(bytes) {
  let at = 0;
  while (at < bytes.length) {
    let key, size;
    [key, at] = varint(bytes, at);
    const [field, wire] = [Math.floor(key / 8), key % 8];
    if (wire === 0) {
      [size, at] = varint(bytes, at);
      yield [field, size];
      continue;
    }
    if (wire === 2) [size, at] = varint(bytes, at);
    else size = wire === 1 ? 8 : 4;
    if (at + size > bytes.length) throw new RangeError("the tile ends too soon");
    yield [field, bytes.subarray(at, at + size)];
    at += size;
  }
}

/** @param {Uint8Array} bytes @returns {number[]} */
function packed(bytes) {
  const found = [];
  for (let at = 0, value; at < bytes.length; found.push(value)) [value, at] = varint(bytes, at);
  return found;
}

/** @param {Uint8Array} bytes */
function value(bytes) {
  for (const [field, said] of fields(bytes)) {
    if (typeof said === "number") return field === 6 ? zigzag(said) : field === 7 ? said === 1 : said;
    if (field === 1) return text.decode(said);
    const view = new DataView(said.buffer, said.byteOffset);
    return field === 2 ? view.getFloat32(0, true) : view.getFloat64(0, true);
  }
  return "";
}

/** Read the points of a layer; none of a tile without it. @param {ArrayBuffer} buffer @param {string} layer @returns {Point[]} */
export function points(buffer, layer) {
  /** @type {Point[]} */
  const found = [];
  for (const [field, part] of fields(new Uint8Array(buffer))) {
    if (field !== 3 || typeof part === "number") continue;
    const all = [...fields(part)];
    const of = (/** @type {number} */ wanted) => all.filter((one) => one[0] === wanted).map((one) => /** @type {any} */ (one[1]));
    if (!of(1).some((name) => text.decode(name) === layer)) continue;
    const [keys, values, extent] = [of(3).map((key) => text.decode(key)), of(4).map(value), of(5)[0] ?? 4096];
    for (const feature of of(2)) found.push(point(feature, keys, values, extent));
  }
  return found;
}

/** @param {Uint8Array} feature @param {string[]} keys @param {(string | number | boolean)[]} values @param {number} extent @returns {Point} */
function point(feature, keys, values, extent) {
  /** @type {any} */
  const made = { x: 0, y: 0 };
  for (const [field, part] of fields(feature)) {
    if (typeof part === "number" || (field !== 2 && field !== 4)) continue;
    const numbers = packed(part);
    if (field === 4) [made.x, made.y] = [zigzag(numbers[1] ?? 0) / extent, zigzag(numbers[2] ?? 0) / extent];
    else for (let at = 0; at + 1 < numbers.length; at += 2) made[keys[numbers[at] ?? 0] ?? ""] = values[numbers[at + 1] ?? 0];
  }
  return made;
}
