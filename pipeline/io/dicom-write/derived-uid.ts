import { createHash } from "node:crypto";

/**
 * UID that follows from what it names: the same parts give the same UID, other parts another.
 *
 * The first 128 bits of the parts' SHA-256 become a version 8 UUID, and that a UID under 2.25. No two lists of parts
 * run into each other: each part is hashed with its length.
 *
 * Source: DICOM PS3.5 B.2 (UUID derived UID); RFC 9562, 5.8
 */
export function derivedUid(...parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash("sha256");
  for (const part of parts) {
    const bytes = typeof part === "string" ? Buffer.from(part, "utf8") : part;
    hash.update(`${bytes.length}:`).update(bytes);
  }
  const uuid = hash.digest().subarray(0, 16);
  uuid[6] = (uuid[6] & 0x0f) | 0x80; // version 8: made by the application
  uuid[8] = (uuid[8] & 0x3f) | 0x80; // variant of RFC 9562
  return `2.25.${BigInt(`0x${uuid.toString("hex")}`)}`;
}
