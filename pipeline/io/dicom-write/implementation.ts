import { version } from "../../volume/version.ts";
import { derivedUid } from "./derived-uid.ts";

/** How DICOM files written here name the program that wrote them. */
export const implementation = {
  manufacturer: "rarevox",
  modelName: "rarevox",
  version,
  /** The same for every version, as PS3.7 D.3.3.2 asks. */
  classUid: derivedUid("implementation class", "rarevox"),
  versionName: `RAREVOX_${version}`.slice(0, 16),
} as const;

/** Equipment and enhanced equipment attributes; software has no serial number, so the version stands in. */
export const equipmentAttributes = {
  Manufacturer: implementation.manufacturer,
  ManufacturerModelName: implementation.modelName,
  DeviceSerialNumber: implementation.version,
  SoftwareVersions: implementation.version,
} as const;
