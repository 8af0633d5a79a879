import type { DicomDataSet, DicomItem } from "../data-set.ts";
import { attributeOf, type Keyword } from "../dictionary.ts";
import { dicomError } from "../faults.ts";
import type { DicomImage } from "../image.ts";
import { orientationIn, positionIn, rescaleIn, spacingIn } from "../plane-and-rescale.ts";
import { hasAttribute, itemsOf, numberIn, textOf, textsOf } from "../values.ts";
import { componentOf, contrastOf, type ImageFacts, type Slice } from "./slice.ts";

/** The functional groups of one frame: its own first, then those that all frames share. */
type FrameGroups = readonly DicomItem[];

/** Whether an image describes its frames in functional groups, as enhanced and legacy converted objects do. */
export function hasFunctionalGroups(dataSet: DicomDataSet): boolean {
  return hasAttribute(dataSet, "PerFrameFunctionalGroupsSequence");
}

/**
 * The slices of an enhanced image, one for each frame.
 *
 * Errors: FormatError D_FRAMES_BAD when the groups are not as many as the frames; D_POSITION, D_ORIENT, D_SPACING and
 *         D_RESCALE for what is wrong in one
 * Source: DICOM PS3.3 C.7.6.16
 */
export function slicesOfEnhanced(image: DicomImage): readonly Slice[] {
  const { dataSet, ...facts } = image;
  const shared = itemsOf(dataSet, "SharedFunctionalGroupsSequence");
  const perFrame = itemsOf(dataSet, "PerFrameFunctionalGroupsSequence");
  if (perFrame.length !== image.frames)
    throw dicomError(image.where, {
      code: "D_FRAMES_BAD",
      expected: `functional groups for ${image.frames} frames`,
      got: `${perFrame.length}`,
      tag: attributeOf("PerFrameFunctionalGroupsSequence").tag,
    });
  return perFrame.map((own, frame) => sliceOfFrame(facts, frame, [own, ...shared]));
}

function sliceOfFrame(image: ImageFacts, frame: number, groups: FrameGroups): Slice {
  const measures = groupOf(groups, "PixelMeasuresSequence");
  const content = groupOf(groups, "FrameContentSequence");
  const position = groupOf(groups, "PlanePositionSequence");
  const orientation = groupOf(groups, "PlaneOrientationSequence");
  const transformation = groupOf(groups, "PixelValueTransformationSequence");
  const number = (item: DicomItem | undefined, keyword: Keyword) =>
    item === undefined ? undefined : numberIn(item, keyword);
  return {
    file: image.where,
    image,
    frame,
    positionXyz: position && positionIn(position),
    orientation: orientation && orientationIn(orientation),
    spacingMm: measures && spacingIn(measures),
    thicknessMm: number(measures, "SliceThickness"),
    betweenSlicesMm: number(measures, "SpacingBetweenSlices"),
    rescale: (transformation && rescaleIn(transformation)) ?? image.rescale,
    contrast: contrastOf({
      stack: content && textOf(content, "StackID"),
      echo: number(groupOf(groups, "MREchoSequence"), "EffectiveEchoTime"),
      component: componentIn(groups),
      b: number(groupOf(groups, "MRDiffusionSequence"), "DiffusionBValue"),
      direction: directionIn(groups),
    }),
    times: [number(content, "TemporalPositionIndex"), content && textOf(content, "FrameReferenceDateTime")],
  };
}

function groupOf(groups: FrameGroups, keyword: Keyword): DicomItem | undefined {
  for (const group of groups) {
    const [item] = itemsOf(group, keyword);
    if (item !== undefined) return item;
  }
  return undefined;
}

function componentIn(groups: FrameGroups): string | undefined {
  const type = groupOf(groups, "MRImageFrameTypeSequence");
  if (type === undefined) return undefined;
  const component = textOf(type, "ComplexImageComponent");
  return component === undefined || component === "MIXED"
    ? componentOf(textsOf(type, "FrameType"))
    : component.toLowerCase();
}

/** Diffusion images of one weighting differ by their gradient; the numbers stand for it. */
function directionIn(groups: FrameGroups): string | undefined {
  const diffusion = groupOf(groups, "MRDiffusionSequence");
  const [gradient] = diffusion === undefined ? [] : itemsOf(diffusion, "DiffusionGradientDirectionSequence");
  if (gradient === undefined) return undefined;
  const first = numberIn(gradient, "DiffusionGradientOrientation");
  return first === undefined ? undefined : first.toFixed(4);
}
