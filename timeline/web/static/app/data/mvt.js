// @ts-check
/**
 * Reads the points of Mapbox Vector Tiles from /tiles: MapLibre has a reader, but does not export it.
 * Source: Mapbox Vector Tile specification 2.1; Protocol Buffers encoding.
 */

/** @typedef {Record<string, string | number | boolean> & {x: number, y: number}} TilePoint x and y from the north-west corner, 0 to 1 of the tile */

const decoder = new TextDecoder();
const zigzag = (/** @type {number} */ n) => (n % 2 ? -(n + 1) / 2 : n / 2);

/** Read a varint: seven bits a byte. @param {Uint8Array} bytes @param {number} position @returns {[number, number]} the number, and the position after it */
function readVarint(bytes, position) {
  let [value, unit] = [0, 1];
  for (;;) {
    const byte = bytes[position++];
    if (byte === undefined) throw new RangeError("The tile ends within a number; expected more bytes.");
    value += (byte & 127) * unit;
    if (byte < 128) return [value, position];
    unit *= 128;
  }
}

/** Yield the fields of a message: their tags, and numbers or bytes. @param {Uint8Array} bytes @returns {Generator<[number, number | Uint8Array]>} */
function* readFields(bytes) {
  let position = 0;
  while (position < bytes.length) {
    let key, size;
    [key, position] = readVarint(bytes, position);
    const [tag, wireType] = [Math.floor(key / 8), key % 8];
    if (wireType === 0) {
      [size, position] = readVarint(bytes, position);
      yield [tag, size];
      continue;
    }
    if (wireType === 2) [size, position] = readVarint(bytes, position);
    else size = wireType === 1 ? 8 : 4;
    if (position + size > bytes.length) throw new RangeError("The tile ends within a field; expected more bytes.");
    yield [tag, bytes.subarray(position, position + size)];
    position += size;
  }
}

/** Read packed numbers. @param {Uint8Array} bytes @returns {number[]} */
function readPacked(bytes) {
  const numbers = [];
  for (let position = 0, number; position < bytes.length; numbers.push(number)) [number, position] = readVarint(bytes, position);
  return numbers;
}

/** Read a value of a property. @param {Uint8Array} bytes */
function readValue(bytes) {
  for (const [tag, content] of readFields(bytes)) {
    if (typeof content === "number") return tag === 6 ? zigzag(content) : tag === 7 ? content === 1 : content;
    if (tag === 1) return decoder.decode(content);
    const view = new DataView(content.buffer, content.byteOffset);
    return tag === 2 ? view.getFloat32(0, true) : view.getFloat64(0, true);
  }
  return "";
}

/** Return the points of a layer; none for a tile without the layer. @param {ArrayBuffer} buffer @param {string} layer name @returns {TilePoint[]} */
export function readPoints(buffer, layer) {
  /** @type {TilePoint[]} */
  const points = [];
  for (const [tag, content] of readFields(new Uint8Array(buffer))) {
    if (tag !== 3 || typeof content === "number") continue;
    const fields = [...readFields(content)];
    const all = (/** @type {number} */ wanted) => fields.filter(([number]) => number === wanted).map((field) => /** @type {any} */ (field[1]));
    if (!all(1).some((name) => decoder.decode(name) === layer)) continue;
    const [keys, values, extent] = [all(3).map((key) => decoder.decode(key)), all(4).map(readValue), all(5)[0] ?? 4096];
    for (const feature of all(2)) points.push(readPoint(feature, keys, values, extent));
  }
  return points;
}

/** @param {Uint8Array} feature @param {string[]} keys @param {(string | number | boolean)[]} values @param {number} extent @returns {TilePoint} */
function readPoint(feature, keys, values, extent) {
  /** @type {any} */
  const point = { x: 0, y: 0 };
  for (const [tag, content] of readFields(feature)) {
    if (typeof content === "number" || (tag !== 2 && tag !== 4)) continue;
    const numbers = readPacked(content);
    if (tag === 4) [point.x, point.y] = [zigzag(numbers[1] ?? 0) / extent, zigzag(numbers[2] ?? 0) / extent];
    else for (let i = 0; i + 1 < numbers.length; i += 2) point[keys[numbers[i] ?? 0] ?? ""] = values[numbers[i + 1] ?? 0];
  }
  return point;
}
