// A device function in work.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "DeviceFunction.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "sinter/Transforms/Memory/Layout.h"

using namespace mlir;

namespace sinter {

static gpu::GPUFuncOp createFunction(OpBuilder &builder, gpu::GPUModuleOp module, KernelOp kernel, StringRef name,
                                     int64_t batch, const LaunchShape &shape) {
  auto types = llvm::map_to_vector(kernel.getBody().getArgumentTypes(),
                                   [&](Type type) -> Type { return bufferTypeOf(type, batch); });
  types.push_back(builder.getIndexType());
  if (shape.workspaceBytes > 0)
    types.push_back(MemRefType::get({shape.workspaceBytes}, builder.getI8Type()));
  types.append(shape.maps.size(), LLVM::LLVMPointerType::get(builder.getContext()));
  builder.setInsertionPointToEnd(module.getBody());
  auto fn = gpu::GPUFuncOp::create(builder, kernel.getLoc(), name, builder.getFunctionType(types, {}));
  fn->setAttr(gpu::GPUDialect::getKernelFuncAttrName(), builder.getUnitAttr());
  fn.setKnownBlockSizeAttr(builder.getDenseI32ArrayAttr({static_cast<int32_t>(shape.threads), 1, 1}));
  fn->setAttr(kGridAttr, builder.getDenseI64ArrayAttr(shape.grid.numbers()));
  if (shape.workspaceBytes > 0)
    fn->setAttr(kWorkspaceAttr, builder.getI64IntegerAttr(shape.workspaceBytes));
  if (shape.dynamicSharedBytes > 0)
    fn->setAttr(kDynamicSharedAttr, builder.getI64IntegerAttr(shape.dynamicSharedBytes));
  if (shape.residents > 0)
    fn->setAttr(kResidentsAttr, builder.getI32IntegerAttr(shape.residents));
  if (shape.cluster > 1)
    fn->setAttr(kClusterAttr, builder.getI32IntegerAttr(shape.cluster));
  if (!shape.maps.empty())
    fn->setAttr(kMapsAttr,
                builder.getArrayAttr(llvm::map_to_vector(shape.maps, [&](const TensorMapNumbers &map) -> Attribute {
                  return builder.getDenseI64ArrayAttr(map.encode());
                })));
  builder.setInsertionPointToStart(&fn.getBody().front());
  return fn;
}

DeviceFunction::DeviceFunction(OpBuilder &builder, gpu::GPUModuleOp module, KernelOp kernel, StringRef name,
                               int64_t batch, const LaunchShape &shape)
    : builder(builder), loc(kernel.getLoc()), fn(createFunction(builder, module, kernel, name, batch, shape)),
      emission{kernel, fn, batch, kernel.getScheduleAttr()}, threads(shape.threads) {}

void DeviceFunction::finish() {
  builder.setInsertionPointToEnd(&fn.getBody().front());
  gpu::ReturnOp::create(builder, loc);
}

Value DeviceFunction::threadId() {
  return gpu::ThreadIdOp::create(builder, loc, gpu::Dimension::x);
}

Value DeviceFunction::blockId() {
  return gpu::BlockIdOp::create(builder, loc, gpu::Dimension::x);
}

Value DeviceFunction::globalThreadId() {
  IndexMath math(builder, loc);
  return math.add(math.mul(blockId(), threads), threadId());
}

Value addSharedMemory(gpu::GPUFuncOp fn, ArrayRef<int64_t> shape, Type element) {
  Builder builder(fn.getContext());
  auto space = gpu::AddressSpaceAttr::get(fn.getContext(), gpu::AddressSpace::Workgroup);
  auto type = MemRefType::get(shape, element, MemRefLayoutAttrInterface(), space);
  Value buffer = fn.addWorkgroupAttribution(type, fn.getLoc());
  fn.setWorkgroupAttributionAttr(fn.getNumWorkgroupAttributions() - 1, LLVM::LLVMDialect::getAlignAttrName(),
                                 builder.getI64IntegerAttr(kAccessBytes));
  return buffer;
}

Value DeviceFunction::shared(ArrayRef<int64_t> shape, Type element) {
  return addSharedMemory(fn, shape, element);
}

Value DeviceFunction::workspace(int64_t offset, ArrayRef<int64_t> shape, Type element) {
  Value bytes = emission.entry().getArgument(emission.kernel.getBody().getNumArguments() + 1);
  return viewBytes(builder, loc, bytes, offset, shape, element);
}

void DeviceFunction::barrier() {
  gpu::BarrierOp::create(builder, loc);
}

// By default, these are a release and an acquire.
void DeviceFunction::arriveAtCluster() {
  NVVM::ClusterArriveOp::create(builder, loc, /*aligned=*/builder.getUnitAttr());
}

void DeviceFunction::waitForCluster() {
  NVVM::ClusterWaitOp::create(builder, loc, /*aligned=*/builder.getUnitAttr());
}

Value DeviceFunction::tensorMap(unsigned number) {
  auto maps = fn->getAttrOfType<ArrayAttr>(kMapsAttr);
  return fn.getArgument(fn.getNumArguments() - maps.size() + number);
}

Value viewBytes(OpBuilder &builder, Location loc, Value bytes, int64_t offset, ArrayRef<int64_t> shape, Type element) {
  auto type =
      MemRefType::get(shape, element, MemRefLayoutAttrInterface(), cast<MemRefType>(bytes.getType()).getMemorySpace());
  Value start = arith::ConstantIndexOp::create(builder, loc, offset);
  return memref::ViewOp::create(builder, loc, type, bytes, start, ValueRange());
}

int64_t widestElement(KernelOp kernel) {
  int64_t bytes = 1;
  for (Type type : kernel.getBody().getArgumentTypes())
    bytes = std::max(bytes, elementBytes(cast<RankedTensorType>(type).getElementType()));
  return bytes;
}

int64_t widestLanes(KernelOp kernel) {
  return lanesOfAccess(widestElement(kernel));
}

void alignVectors(gpu::GPUFuncOp fn) {
  auto bytes = [](Type type) {
    return std::min(kAccessBytes, cast<VectorType>(type).getNumElements() * elementBytes(getElementTypeOrSelf(type)));
  };
  fn.walk([&](Operation *op) {
    if (auto load = dyn_cast<vector::LoadOp>(op))
      load.setAlignment(bytes(load.getType()));
    else if (auto store = dyn_cast<vector::StoreOp>(op))
      store.setAlignment(bytes(store.getValueToStore().getType()));
  });
}

Value IndexMath::constant(int64_t value) {
  return arith::ConstantIndexOp::create(builder, loc, value);
}
Value IndexMath::add(Value a, Value b) {
  return arith::AddIOp::create(builder, loc, a, b);
}
Value IndexMath::add(Value a, int64_t b) {
  return b == 0 ? a : add(a, constant(b));
}
Value IndexMath::mul(Value a, int64_t b) {
  return b == 1 ? a : Value(arith::MulIOp::create(builder, loc, a, constant(b)));
}
Value IndexMath::div(Value a, Value b) {
  return arith::DivUIOp::create(builder, loc, a, b);
}
Value IndexMath::div(Value a, int64_t b) {
  return b == 1 ? a : div(a, constant(b));
}
Value IndexMath::rem(Value a, Value b) {
  return arith::RemUIOp::create(builder, loc, a, b);
}
Value IndexMath::rem(Value a, int64_t b) {
  return b == 1 ? constant(0) : rem(a, constant(b));
}
Value IndexMath::min(Value a, Value b) {
  return arith::MinSIOp::create(builder, loc, a, b);
}
Value IndexMath::bitXor(Value a, Value b) {
  return arith::XOrIOp::create(builder, loc, a, b);
}
Value IndexMath::less(Value a, Value b) {
  return arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::slt, a, b);
}
Value IndexMath::both(Value a, Value b) {
  return !a ? b : !b ? a : Value(arith::AndIOp::create(builder, loc, a, b));
}

void emitIf(OpBuilder &builder, Location loc, Value condition, llvm::function_ref<void()> then) {
  if (!condition)
    return then();
  auto branch = scf::IfOp::create(builder, loc, condition, /*withElseRegion=*/false);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(branch.thenBlock());
  then();
}

} // namespace sinter
