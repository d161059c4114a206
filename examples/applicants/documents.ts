import { crc32, deflateSync } from 'node:zlib';
import type { RequestDocument } from '#contracts/request.js';

/** A document that is declared and sent inside of the request. `label` makes its bytes unlike those of any other. */
export function inlineDocument(id: string, type: RequestDocument['type'], label: string): RequestDocument {
  const isImage = ['PASSPORT', 'NATIONAL_ID', 'GOVERNMENT_ID', 'DIRECTOR_ID'].includes(type);
  const bytes = isImage ? png(label) : pdf(`${type} of ${label}`);
  return { id, type, mimeType: isImage ? 'image/png' : 'application/pdf', content: bytes.toString('base64') };
}

/** A valid PDF of one page with a line of (ASCII) text. */
function pdf(text: string): Buffer {
  const stream = `BT /F1 12 Tf 36 96 Td (${text}) Tj ET`;
  const objects = [
    '<</Type/Catalog/Pages 2 0 R>>',
    '<</Type/Pages/Kids[3 0 R]/Count 1>>',
    '<</Type/Page/Parent 2 0 R/MediaBox[0 0 420 144]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>',
    `<</Length ${String(stream.length)}>>stream\n${stream}\nendstream`,
    '<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>',
  ];
  let file = '%PDF-1.4\n';
  const offsets = objects.map((object, index) => {
    const offset = file.length;
    file += `${String(index + 1)} 0 obj${object}endobj\n`;
    return `${String(offset).padStart(10, '0')} 00000 n \n`;
  });
  const size = String(objects.length + 1);
  const table = `xref\n0 ${size}\n0000000000 65535 f \n${offsets.join('')}`;
  return Buffer.from(
    `${file}${table}trailer<</Size ${size}/Root 1 0 R>>\nstartxref\n${String(file.length)}\n%%EOF\n`,
  );
}

/** A valid PNG of one pixel, coloured by the label, which it also carries as text. */
function png(label: string): Buffer {
  const header = Buffer.from([0, 0, 0, 1, 0, 0, 0, 1, 8, 2, 0, 0, 0]);
  const colour = crc32(label) & 0xffffff;
  const pixel = Buffer.from([0, colour >>> 16, (colour >>> 8) & 0xff, colour & 0xff]);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('tEXt', Buffer.from(`Title\0${label}`, 'latin1')),
    chunk('IDAT', deflateSync(pixel, { level: 0 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}
