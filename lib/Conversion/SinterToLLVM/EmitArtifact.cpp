// How do the tables of include/sinter-rt/artifact.h become constants of the LLVM dialect?
//
// Every struct below lists its fields in the order of the header; the header asserts their sizes.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "ArtifactEmitter.h"
#include "sinter/Transforms/Memory/Layout.h"

using namespace mlir;

namespace sinter {
static int32_t dtypeOf(Type type) {
  if (type.isF32())
    return SINTER_F32;
  if (type.isF64())
    return SINTER_F64;
  if (type.isInteger(1))
    return SINTER_BOOL;
  if (type.isInteger(8))
    return SINTER_U8;
  return type.isInteger(32) ? SINTER_I32 : SINTER_I64;
}

std::string ArtifactEmitter::tensorTable() {
  SmallVector<StateSlot> slots = layoutState(module);
  SmallVector<std::string> names, shapes;
  for (auto [i, slot] : llvm::enumerate(slots)) {
    names.push_back(string(slot.op.getName()));
    shapes.push_back(shape("state_shape_" + std::to_string(i), cast<RankedTensorType>(slot.op.getType())));
  }
  return array("tensors", slots.size(), [&](size_t i) {
    auto type = cast<RankedTensorType>(slots[i].op.getType());
    return structure({address(names[i]), i32(dtypeOf(type.getElementType())),
                      i32(static_cast<int32_t>(slots[i].op.getRole())), i32(type.getRank()), i32(0),
                      addressOrNull(shapes[i]), i64(slots[i].offset), i64(slots[i].bytes)});
  });
}

std::string ArtifactEmitter::ioTable(StringRef name, ArrayRef<IoEntry> entries) {
  SmallVector<std::string> names, shapes;
  for (auto [i, entry] : llvm::enumerate(entries)) {
    names.push_back(string(entry.name));
    shapes.push_back(shape((name + "_shape_" + Twine(i)).str(), entry.type));
  }
  return array(name, entries.size(), [&](size_t i) {
    return structure({address(names[i]), i32(dtypeOf(entries[i].type.getElementType())), i32(entries[i].type.getRank()),
                      addressOrNull(shapes[i])});
  });
}

std::string ArtifactEmitter::kernelTable(ArrayRef<KernelEntry> kernels) {
  SmallVector<std::array<std::string, 3>> texts;
  for (const KernelEntry &kernel : kernels)
    texts.push_back({string(kernel.name), string(kernel.step), string(kernel.schedule)});
  return array("kernels", kernels.size(), [&](size_t i) {
    return structure({address(texts[i][0]), address(texts[i][1]), address(texts[i][2]), i64(kernels[i].flops),
                      i64(kernels[i].bytes)});
  });
}

std::string ArtifactEmitter::metricTable(ArrayAttr names) {
  SmallVector<std::string> symbols;
  for (auto name : names.getAsRange<StringAttr>())
    symbols.push_back(string(name.getValue()));
  return array("metrics", symbols.size(), [&](size_t i) { return address(symbols[i]); });
}

template <typename OpT>
static OpT firstOp(ModuleOp module) {
  auto ops = module.getOps<OpT>();
  return ops.empty() ? OpT() : *ops.begin();
}

static int64_t integerAttr(ModuleOp module, StringRef name) {
  auto attribute = module->getAttrOfType<IntegerAttr>(name);
  return attribute ? attribute.getInt() : 0;
}

void ArtifactEmitter::emit(const IoTables &io, ArrayRef<KernelEntry> kernels, const DeviceProgram &device,
                           const ConvertStepsToLLVMPassOptions &options) {
  auto metricsOp = firstOp<MetricsOp>(module);
  ArrayAttr metricNames = metricsOp ? metricsOp.getNames() : builder.getArrayAttr({});
  auto optimizer = firstOp<OptimizerOp>(module);
  auto loss = module->getAttrOfType<StringAttr>("sinter.loss_name");
  auto lossIsSum = module->getAttrOfType<BoolAttr>("sinter.loss_is_sum");
  auto learningRate = module->getAttrOfType<FloatAttr>("sinter.learning_rate");

  std::string texts[] = {string(prefix),
                         string(options.compilerVersion),
                         string(options.targetTriple),
                         string(options.targetCpu),
                         string(options.sourceDigest),
                         string(loss ? loss.getValue() : "custom"),
                         string(optimizer ? optimizer.describe() : "none")};
  std::string tensors = tensorTable(), inputs = ioTable("inputs", io.inputs), targets = ioTable("targets", io.targets),
              outputs = ioTable("outputs", io.outputs), kernelRows = kernelTable(kernels),
              metrics = metricTable(metricNames), program = deviceProgram(device);
  size_t tensorCount = llvm::range_size(module.getOps<StateOp>());

  Region region;
  builder.createBlock(&region);
  Value artifact = structure({i32(SINTER_ARTIFACT_MAGIC),
                              i32(SINTER_ABI_VERSION),
                              i32(sizeof(sinter_artifact)),
                              i32(kBlockAlignment),
                              address(texts[0]),
                              address(texts[1]),
                              address(texts[2]),
                              address(texts[3]),
                              address(texts[4]),
                              i64(integerAttr(module, kBatchAttr)),
                              i64(integerAttr(module, kStateBytesAttr)),
                              i64(integerAttr(module, kScratchBytesAttr)),
                              addressOrNull(tensors),
                              addressOrNull(inputs),
                              addressOrNull(targets),
                              addressOrNull(outputs),
                              addressOrNull(kernelRows),
                              addressOrNull(metrics),
                              i32(tensorCount),
                              i32(io.inputs.size()),
                              i32(io.targets.size()),
                              i32(io.outputs.size()),
                              i32(kernels.size()),
                              i32(metricNames.size()),
                              address(texts[5]),
                              address(texts[6]),
                              i32(dtypeOf(io.lossType ? io.lossType : builder.getF32Type())),
                              i32(lossIsSum && lossIsSum.getValue()),
                              f64(learningRate ? learningRate.getValueAsDouble() : 0.0),
                              stepFunction("init"),
                              stepFunction("train_step"),
                              stepFunction("eval_step"),
                              stepFunction("predict"),
                              addressOrNull(program)});
  LLVM::ReturnOp::create(builder, loc, artifact);
  std::string symbol = prefixed("artifact");
  global(symbol, LLVM::Linkage::External, artifact.getType(), region);

  if (!options.program)
    return;
  builder.setInsertionPointToEnd(module.getBody());
  auto alias =
      LLVM::AliasOp::create(builder, loc, artifact.getType(), LLVM::Linkage::External, "sinter_program_artifact");
  builder.createBlock(&alias.getInitializerRegion());
  LLVM::ReturnOp::create(builder, loc, address(symbol));
}

void emitArtifact(ModuleOp module, StringRef prefix, const IoTables &io, ArrayRef<KernelEntry> kernels,
                  const DeviceProgram &device, const ConvertStepsToLLVMPassOptions &options) {
  ArtifactEmitter(module, prefix).emit(io, kernels, device, options);
}

} // namespace sinter
