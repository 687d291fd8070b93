const VARINT = 0;
const LENGTH_DELIMITED = 2;

/** A field with a number below 16, and its value: a whole number, a text, or bytes (a message within this one too). */
export type WireField = readonly [field: number, value: number | string | Uint8Array];

/** A message in the protobuf wire format, of its fields in their order. */
export function wireMessage(...fields: readonly WireField[]): Buffer {
  let sizeBytes = 0;
  for (const [, value] of fields) {
    const valueBytes = lengthBytesOf(value);
    sizeBytes += 1 + valueBytes + (typeof value === 'number' ? 0 : varintBytes(valueBytes));
  }
  const message = Buffer.allocUnsafe(sizeBytes);
  let at = 0;
  for (const [field, value] of fields) at = writeField(message, at, field, value);
  return message;
}

/** Where the next field goes. */
function writeField(message: Buffer, at: number, field: number, value: WireField[1]): number {
  if (typeof value === 'number') {
    message[at] = (field << 3) | VARINT;
    return writeVarint(message, at + 1, value);
  }
  message[at] = (field << 3) | LENGTH_DELIMITED;
  const begin = writeVarint(message, at + 1, lengthBytesOf(value));
  if (typeof value === 'string') return begin + message.write(value, begin);
  message.set(value, begin);
  return begin + value.length;
}

function lengthBytesOf(value: WireField[1]): number {
  if (typeof value === 'number') return varintBytes(value);
  return typeof value === 'string' ? Buffer.byteLength(value) : value.length;
}

function varintBytes(value: number): number {
  let bytes = 1;
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) bytes += 1;
  return bytes;
}

function writeVarint(message: Buffer, at: number, value: number): number {
  let end = at;
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) message[end++] = (rest % 128) | 0x80;
  message[end++] = rest;
  return end;
}
