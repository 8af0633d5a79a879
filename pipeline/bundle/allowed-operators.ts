/**
 * Operators of the standard set that a bundle's graph may use: those that compute arrays from arrays in bounded time.
 *
 * Not here: control flow (`If`, `Loop`, `Scan`), sequences, optionals, texts, random numbers, training.
 */
export const standardOperators: ReadonlySet<string> = new Set([
  ...[
    "Abs",
    "Add",
    "And",
    "ArgMax",
    "ArgMin",
    "Acos",
    "Acosh",
    "Asin",
    "Asinh",
    "Atan",
    "Atanh",
    "Attention",
    "AveragePool",
  ],
  ...["BatchNormalization", "BitShift", "BitwiseAnd", "BitwiseNot", "BitwiseOr", "BitwiseXor"],
  ...["Cast", "CastLike", "Ceil", "Celu", "CenterCropPad", "Clip", "Compress", "Concat", "Constant"],
  ...["ConstantOfShape", "Conv", "ConvInteger", "ConvTranspose", "Cos", "Cosh", "CumSum", "CumProd"],
  ...["DepthToSpace", "DequantizeLinear", "Div", "Dropout", "DynamicQuantizeLinear"],
  ...["Einsum", "Elu", "Equal", "Erf", "Exp", "Expand", "EyeLike"],
  ...["Flatten", "Floor", "Gather", "GatherElements", "GatherND", "Gelu", "Gemm"],
  ...["GlobalAveragePool", "GlobalLpPool", "GlobalMaxPool", "Greater", "GreaterOrEqual", "GridSample"],
  ...["GroupNormalization", "GRU", "HardSigmoid", "HardSwish", "Hardmax", "Identity", "InstanceNormalization"],
  ...["IsInf", "IsNaN", "LayerNormalization", "LeakyRelu", "Less", "LessOrEqual", "Log", "LogSoftmax"],
  ...["LpNormalization", "LpPool", "LRN", "LSTM", "MatMul", "MatMulInteger", "Max", "MaxPool", "MaxUnpool"],
  ...["Mean", "MeanVarianceNormalization", "Min", "Mish", "Mod", "Mul", "Neg", "NonZero", "Not", "OneHot", "Or"],
  ...["Pad", "Pow", "PRelu", "QLinearConv", "QLinearMatMul", "QuantizeLinear", "Range", "Reciprocal"],
  ...["ReduceL1", "ReduceL2", "ReduceLogSum", "ReduceLogSumExp", "ReduceMax", "ReduceMean", "ReduceMin"],
  ...["ReduceProd", "ReduceSum", "ReduceSumSquare", "Relu", "Reshape", "Resize", "RMSNormalization", "RNN"],
  ...["RotaryEmbedding", "Round", "ScatterElements", "ScatterND", "Selu", "Shape", "Shrink", "Sigmoid", "Sign"],
  ...["Sin", "Sinh", "Size", "Slice", "Softmax", "Softplus", "Softsign", "SpaceToDepth", "Split", "Sqrt"],
  ...["Squeeze", "Sub", "Sum", "Swish", "Tan", "Tanh", "ThresholdedRelu", "Tile", "TopK", "Transpose", "Trilu"],
  ...["Unsqueeze", "Upsample", "Where", "Xor"],
]);

/** Operators of ONNX Runtime's own set (`com.microsoft`) that a graph may use. */
export const microsoftOperators: ReadonlySet<string> = new Set([
  ...["BiasGelu", "FastGelu", "FusedConv", "FusedGemm", "FusedMatMul", "Gelu", "GroupNorm", "Inverse"],
  ...["LayerNormalization", "MultiHeadAttention", "QuickGelu", "SkipLayerNormalization"],
  ...["SimplifiedLayerNormalization", "TransposeMatMul"],
]);

/** Versions of the standard operator set that ONNX Runtime 1.30 runs. */
export const opsetRange = { oldest: 7, newest: 26 };

/** Newest version of the file format that it reads. */
export const newestIrVersion = 13;
