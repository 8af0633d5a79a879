import sharp from "sharp";

// Of the dozens of decoders in libvips, only those are left that read the pictures meant here.
sharp.block({ operation: ["VipsForeignLoad"] });
sharp.unblock({ operation: ["VipsForeignLoadPng", "VipsForeignLoadJpeg", "VipsForeignLoadTiff"] });

/** The picture library, fit for untrusted files. */
export { sharp };
