import { dicomError } from "./faults.ts";

/** The refusal of a file that is no DICOM at all, with what it is instead where that can be seen. */
export function notDicomError(where: string, bytes: Uint8Array): Error {
  if (bytes.length === 0)
    return dicomError(where, {
      code: "D_EMPTY",
      expected: "a DICOM file",
      got: "0 bytes",
      next: "Copy the file again",
    });
  const head = String.fromCharCode(...bytes.subarray(0, 256)).trimStart();
  if (head.startsWith("version https://git-lfs"))
    return dicomError(where, {
      code: "D_LFS_POINTER",
      expected: "a DICOM file",
      got: "a Git LFS pointer to one",
      next: "Run git lfs pull",
    });
  const isWebPage = /^<(!doctype|html|\?xml)/i.test(head);
  return dicomError(where, {
    code: "D_NOT_DICOM",
    expected: "a DICOM file",
    got: isWebPage ? "a web page saved as image" : "other content",
    next: isWebPage ? "Log in and download the file again" : "Check which file this is",
  });
}
