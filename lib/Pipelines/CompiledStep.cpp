// How is a compiled step linked, opened, driven and compared with the reference interpreter?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "sinter/Pipelines/CompiledStep.h"

#include "mlir/IR/TypeUtilities.h"
#include "sinter-rt/sinter.h"
#include "sinter/Reference/TensorBytes.h"
#include "sinter/Target/Link.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/Support/FileSystem.h"

#include <cstdlib>
#include <cstring>

using namespace sinter::reference;

namespace sinter {

static llvm::Error lastError() {
  return llvm::createStringError(sinter_last_error());
}

//===-- The library ----------------------------------------------------------------------------------------------===//

llvm::Expected<std::unique_ptr<CompiledLibrary>> CompiledLibrary::make(Compilation &compilation,
                                                                       const std::string &runtimeFolder) {
  if (!compilation.summary())
    return llvm::createStringError("the module was in phase `llvm` from the start: its artifact has no known name");
  mlir::FailureOr<std::vector<llvm::SmallVector<char, 0>>> objects = compilation.generateParts();
  if (failed(objects))
    return llvm::createStringError("LLVM makes no code of the module");
  return make(*objects, compilation.summary()->name, runtimeFolder);
}

llvm::Expected<std::unique_ptr<CompiledLibrary>>
CompiledLibrary::make(llvm::ArrayRef<llvm::SmallVector<char, 0>> objects, const std::string &name,
                      const std::string &runtimeFolder) {
  llvm::SmallString<256> path;
  if (std::error_code code = llvm::sys::fs::createTemporaryFile("sinter-step", "so", path))
    return llvm::createStringError("cannot make a temporary file: " + code.message());
  llvm::scope_exit remove([&] { llvm::sys::fs::remove(path); });
  if (llvm::Error error = link({LinkKind::SharedLibrary, objects, path.str().str(), runtimeFolder, name}))
    return error;
  sinter_library *library = nullptr;
  if (sinter_library_open(path.c_str(), name.c_str(), &library) != SINTER_OK)
    return lastError();
  return std::unique_ptr<CompiledLibrary>(new CompiledLibrary(library));
}

CompiledLibrary::~CompiledLibrary() {
  sinter_library_close(library);
}

//===-- The step -------------------------------------------------------------------------------------------------===//

static void *zeroedBlock(uint64_t bytes, uint64_t alignment) {
  const size_t size = (bytes + alignment) & ~size_t(alignment - 1);
  void *data = std::aligned_alloc(alignment, size);
  return data ? std::memset(data, 0, size) : nullptr;
}

llvm::Expected<std::unique_ptr<CompiledStep>> CompiledStep::make(std::unique_ptr<CompiledLibrary> library,
                                                                 int threads) {
  std::unique_ptr<CompiledStep> step(new CompiledStep(std::move(library)));
  if (sinter_pool_create(threads ? threads : std::max(2, sinter_cpu_count()), &step->pool) != SINTER_OK)
    return lastError();
  const sinter_artifact &artifact = step->artifact();
  step->state = zeroedBlock(artifact.state_bytes, artifact.alignment);
  step->scratch = zeroedBlock(artifact.scratch_bytes, artifact.alignment);
  if (!step->state || !step->scratch)
    return llvm::createStringError("the system has no memory for the blocks of the step");
  return step;
}

llvm::Error CompiledStep::moveToGpu() {
  return sinter_gpu_create(&artifact(), /*device=*/0, &gpu) == SINTER_OK ? llvm::Error::success() : lastError();
}

CompiledStep::~CompiledStep() {
  sinter_gpu_destroy(gpu);
  std::free(state);
  std::free(scratch);
  sinter_pool_destroy(pool);
}

char *CompiledStep::stateTensor(llvm::StringRef name) {
  for (uint32_t i = 0; i < artifact().tensor_count; ++i)
    if (artifact().tensors[i].name == name)
      return static_cast<char *>(state) + artifact().tensors[i].offset;
  llvm_unreachable("the step and its artifact have the same state");
}

size_t CompiledStep::outputIndex(llvm::StringRef name) {
  for (uint32_t i = 0; i < artifact().output_count; ++i)
    if (artifact().outputs[i].name == name)
      return i;
  llvm_unreachable("the step and its artifact have the same outputs");
}

static sinter_step_fn functionNamed(const sinter_artifact &artifact, llvm::StringRef name) {
  return name == "init"         ? artifact.init
         : name == "train_step" ? artifact.train_step
         : name == "eval_step"  ? artifact.eval_step
                                : artifact.predict;
}

/// The number given for a role, or a default.
static double scalar(const NamedTensors &arguments, llvm::StringRef role, double standard) {
  for (const NamedTensor &tensor : arguments)
    if (tensor.role == role)
      return tensor.value.at(0);
  return standard;
}

namespace {

/// One buffer per entry of a table of inputs, targets or outputs, filled from the tensors of these names.
struct Buffers {
  Buffers(const sinter_io_info *table, uint32_t count, llvm::StringRef role, const NamedTensors &tensors) {
    storage.reserve(count);
    for (uint32_t i = 0; i < count; ++i) {
      const NamedTensor *tensor = find(tensors, role, table[i].name);
      storage.emplace_back(tensor ? bytesOf(tensor->value) : 0);
      if (tensor)
        storeBytes(tensor->value, storage.back().data());
      pointers.push_back(storage.back().data());
    }
  }

  std::vector<std::vector<char>> storage;
  std::vector<void *> pointers;
};

} // namespace

llvm::Error CompiledStep::call(llvm::StringRef function, const sinter_step_args &args) {
  if (gpu && function != "init")
    return callOnGpu(function, args);
  if (int32_t status = functionNamed(artifact(), function)(&args))
    return llvm::createStringError("'" + function + "' returned status " + llvm::Twine(status));
  return llvm::Error::success();
}

llvm::Error CompiledStep::callOnGpu(llvm::StringRef function, const sinter_step_args &args) {
  auto step = function == "train_step"  ? sinter_gpu_train_step
              : function == "eval_step" ? sinter_gpu_eval_step
                                        : sinter_gpu_predict;
  sinter_step_args used = args;
  if (function == "train_step")
    used.outputs = nullptr;
  if (function == "predict")
    used.targets = nullptr;
  if (sinter_gpu_upload(gpu, state) || step(gpu, &used) || sinter_gpu_download(gpu, state))
    return lastError();
  return llvm::Error::success();
}

llvm::Expected<NamedTensors> CompiledStep::run(llvm::StringRef function, const NamedTensors &arguments,
                                               const NamedTensors &expected, int64_t rows) {
  for (const NamedTensor &tensor : arguments)
    if (tensor.role == "state")
      storeBytes(tensor.value, stateTensor(tensor.name));
  Buffers inputs(artifact().inputs, artifact().input_count, "input", arguments);
  Buffers targets(artifact().targets, artifact().target_count, "target", arguments);
  Buffers outputs(artifact().outputs, artifact().output_count, "output", expected);
  char loss[8] = {};

  sinter_step_args args = {};
  args.struct_size = sizeof args;
  args.state = state;
  args.scratch = scratch;
  args.inputs = inputs.pointers.data();
  args.targets = targets.pointers.data();
  args.outputs = outputs.pointers.data();
  args.loss = loss;
  args.rows = rows;
  args.learning_rate = scalar(arguments, "learning_rate", 0.0);
  args.step = static_cast<int64_t>(scalar(arguments, "step", 1));
  args.seed = static_cast<int64_t>(scalar(arguments, "seed", 1));
  args.parallel_for = sinter_pool_parallel_for;
  args.pool = pool;
  std::memset(scratch, 0xff, artifact().scratch_bytes); // NaN: nothing may be read before it is written
  if (llvm::Error error = call(function, args))
    return std::move(error);

  NamedTensors results = expected;
  for (NamedTensor &result : results) {
    if (result.role == "state")
      loadBytes(result.value, stateTensor(result.name));
    else if (result.role == "output")
      loadBytes(result.value, outputs.pointers[outputIndex(result.name)]);
    else
      loadBytes(result.value, loss);
  }
  return results;
}

//===-- Comparing ------------------------------------------------------------------------------------------------===//

llvm::SmallVector<StepCall> callsToCompare(int64_t batch) {
  llvm::SmallVector<StepCall> calls{{"init", batch}};
  for (llvm::StringRef function : {"train_step", "eval_step", "predict"}) {
    calls.push_back({function, batch});
    if (batch > 1)
      calls.push_back({function, std::max<int64_t>(1, batch * 2 / 5 - 1)});
  }
  return calls;
}

llvm::Expected<ReferenceCall> evaluateReference(mlir::ModuleOp module, StepCall call) {
  mlir::FailureOr<NamedTensors> arguments = randomArguments(module, call.function, call.rows, /*seed=*/1, /*step=*/3);
  if (failed(arguments))
    return llvm::createStringError("'" + call.function + "' has arguments that no data can be made for");
  mlir::FailureOr<NamedTensors> expected = evaluateStep(module, call.function, *arguments, call.rows);
  if (failed(expected))
    return llvm::createStringError("the reference interpreter cannot evaluate '" + call.function + "'");
  return ReferenceCall{call, std::move(*arguments), std::move(*expected)};
}

llvm::Expected<std::vector<Difference>> compareWithReference(CompiledStep &step, const ReferenceCall &reference) {
  llvm::Expected<NamedTensors> found =
      step.run(reference.call.function, reference.arguments, reference.expected, reference.call.rows);
  if (!found)
    return found.takeError();
  return compare(reference.expected, *found);
}

/// A value between two bf16 may be rounded to the other one than the interpreter's: a difference of 2^-8 in a factor;
/// 2^-11 with f16.
double roundingTolerance(mlir::ModuleOp module) {
  double tolerance = 1e-10;
  module.walk([&](mlir::Operation *op) {
    for (mlir::TypeRange types : {mlir::TypeRange(op->getResultTypes()), mlir::TypeRange(op->getOperandTypes())})
      for (mlir::Type type : types) {
        mlir::Type element = mlir::getElementTypeOrSelf(type);
        tolerance = std::max(tolerance, element.isBF16()  ? 1e-2
                                        : element.isF16() ? 2e-3
                                        : element.isF32() ? 1e-4
                                                          : 0.0);
      }
  });
  return tolerance;
}

} // namespace sinter
