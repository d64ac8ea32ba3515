// Does the compiled step compute what the model says? Every step function on random data, compiled and on the reference
// interpreter, on a full batch and on a smaller one.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Actions.h"

#include "sinter-rt/sinter.h"
#include "sinter/Reference/Compare.h"
#include "sinter/Target/Link.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"

#include <cstdlib>
#include <cstring>

using namespace sinter;
using namespace sinter::reference;
using llvm::failure, llvm::success, llvm::LogicalResult;

namespace sinterc {
namespace {

llvm::Error lastError() {
  return llvm::createStringError(sinter_last_error());
}

//===-- Tensors in memory ----------------------------------------------------------------------------------------===//

size_t bytesPerElement(ElementKind kind) {
  switch (kind) {
  case ElementKind::F32:
  case ElementKind::I32:
    return 4;
  case ElementKind::F64:
  case ElementKind::I64:
    return 8;
  case ElementKind::I1:
  case ElementKind::I8:
    return 1;
  }
  llvm_unreachable("all kinds are listed");
}

template <typename T>
void storeAs(const Tensor &tensor, char *to) {
  for (int64_t i = 0; i < tensor.size(); ++i) {
    T value = static_cast<T>(tensor.isFloat() ? tensor.at(i) : tensor.integerAt(i));
    std::memcpy(to + i * sizeof(T), &value, sizeof(T));
  }
}

template <typename T>
void loadAs(Tensor &tensor, const char *from) {
  for (int64_t i = 0; i < tensor.size(); ++i) {
    T value;
    std::memcpy(&value, from + i * sizeof(T), sizeof(T));
    tensor.isFloat() ? tensor.set(i, static_cast<double>(value)) : tensor.setInteger(i, static_cast<int64_t>(value));
  }
}

void store(const Tensor &tensor, char *to) {
  switch (tensor.kind()) {
  case ElementKind::F32:
    return storeAs<float>(tensor, to);
  case ElementKind::F64:
    return storeAs<double>(tensor, to);
  case ElementKind::I32:
    return storeAs<int32_t>(tensor, to);
  case ElementKind::I64:
    return storeAs<int64_t>(tensor, to);
  case ElementKind::I1:
  case ElementKind::I8:
    return storeAs<int8_t>(tensor, to);
  }
}

void load(Tensor &tensor, const char *from) {
  switch (tensor.kind()) {
  case ElementKind::F32:
    return loadAs<float>(tensor, from);
  case ElementKind::F64:
    return loadAs<double>(tensor, from);
  case ElementKind::I32:
    return loadAs<int32_t>(tensor, from);
  case ElementKind::I64:
    return loadAs<int64_t>(tensor, from);
  case ElementKind::I1:
  case ElementKind::I8:
    return loadAs<int8_t>(tensor, from);
  }
}

//===-- The compiled step ----------------------------------------------------------------------------------------===//

/// An artifact with its memory, driven function by function.
class CompiledStep {
public:
  CompiledStep() = default;
  CompiledStep(const CompiledStep &) = delete;
  ~CompiledStep() {
    std::free(state);
    std::free(scratch);
    sinter_pool_destroy(pool);
    sinter_library_close(library);
  }

  llvm::Error open(const std::string &path, const std::string &name) {
    // Two threads at least: what is compared is what runs in parallel.
    if (sinter_library_open(path.c_str(), name.c_str(), &library) != SINTER_OK ||
        sinter_pool_create(std::max(2, sinter_cpu_count()), &pool) != SINTER_OK)
      return lastError();
    artifact = sinter_library_artifact(library);
    state = block(artifact->state_bytes);
    scratch = block(artifact->scratch_bytes);
    if (!state || !scratch)
      return llvm::createStringError("the system has no memory for the blocks of the step");
    return llvm::Error::success();
  }

  int64_t batch() const { return artifact->batch; }

  /// Runs a step function on arguments found by role and name; the results named by `expected`, with their values.
  llvm::Expected<NamedTensors> run(llvm::StringRef function, const NamedTensors &arguments,
                                   const NamedTensors &expected, int64_t rows) {
    setState(arguments);
    NamedTensors results = expected;
    std::vector<std::vector<char>> storage;
    auto buffers = [&](const sinter_io_info *table, uint32_t count, llvm::StringRef role, const NamedTensors &tensors) {
      std::vector<void *> pointers;
      for (uint32_t i = 0; i < count; ++i) {
        const NamedTensor *tensor = find(tensors, role, table[i].name);
        storage.emplace_back(tensor ? tensor->value.size() * bytesPerElement(tensor->value.kind()) : 0);
        pointers.push_back(storage.back().data());
        if (tensor)
          store(tensor->value, storage.back().data());
      }
      return pointers;
    };
    std::vector<void *> inputs = buffers(artifact->inputs, artifact->input_count, "input", arguments);
    std::vector<void *> targets = buffers(artifact->targets, artifact->target_count, "target", arguments);
    std::vector<void *> outputs = buffers(artifact->outputs, artifact->output_count, "output", expected);
    char loss[8] = {};

    sinter_step_args args = {};
    args.struct_size = sizeof args;
    args.state = state;
    args.scratch = scratch;
    args.inputs = inputs.data();
    args.targets = targets.data();
    args.outputs = outputs.data();
    args.loss = loss;
    args.rows = rows;
    args.learning_rate = scalar(arguments, "learning_rate", 0.0);
    args.step = static_cast<int64_t>(scalar(arguments, "step", 1));
    args.seed = static_cast<int64_t>(scalar(arguments, "seed", 1));
    args.parallel_for = sinter_pool_parallel_for;
    args.pool = pool;
    std::memset(scratch, 0xff, artifact->scratch_bytes); // NaN: nothing may be read before it is written
    if (int32_t status = functionNamed(function)(&args))
      return llvm::createStringError("'" + function + "' returned status " + llvm::Twine(status));

    for (NamedTensor &result : results) {
      if (result.role == "state")
        load(result.value, stateTensor(result.name));
      else if (result.role == "output")
        load(result.value, static_cast<char *>(outputs[outputIndex(result.name)]));
      else
        load(result.value, loss);
    }
    return results;
  }

private:
  void *block(uint64_t bytes) {
    const size_t size = (bytes + artifact->alignment) & ~size_t(artifact->alignment - 1);
    void *data = std::aligned_alloc(artifact->alignment, size);
    return data ? std::memset(data, 0, size) : nullptr;
  }

  static double scalar(const NamedTensors &arguments, llvm::StringRef role, double standard) {
    for (const NamedTensor &tensor : arguments)
      if (tensor.role == role)
        return tensor.value.at(0);
    return standard;
  }

  char *stateTensor(llvm::StringRef name) {
    for (uint32_t i = 0; i < artifact->tensor_count; ++i)
      if (artifact->tensors[i].name == name)
        return static_cast<char *>(state) + artifact->tensors[i].offset;
    llvm_unreachable("the step and its artifact have the same state");
  }

  size_t outputIndex(llvm::StringRef name) {
    for (uint32_t i = 0; i < artifact->output_count; ++i)
      if (artifact->outputs[i].name == name)
        return i;
    llvm_unreachable("the step and its artifact have the same outputs");
  }

  void setState(const NamedTensors &arguments) {
    for (const NamedTensor &tensor : arguments)
      if (tensor.role == "state")
        store(tensor.value, stateTensor(tensor.name));
  }

  sinter_step_fn functionNamed(llvm::StringRef name) {
    return name == "init"         ? artifact->init
           : name == "train_step" ? artifact->train_step
           : name == "eval_step"  ? artifact->eval_step
                                  : artifact->predict;
  }

  sinter_library *library = nullptr;
  sinter_pool *pool = nullptr;
  const sinter_artifact *artifact = nullptr;
  void *state = nullptr, *scratch = nullptr;
};

//===-- Comparing ------------------------------------------------------------------------------------------------===//

/// Links the module into a shared library of its own, opens it, and removes the file again.
LogicalResult openCompiled(Compilation &compilation, CompiledStep &step) {
  mlir::FailureOr<std::vector<llvm::SmallVector<char, 0>>> objects = compilation.generateParts();
  if (failed(objects))
    return failure();
  llvm::SmallString<256> path;
  if (std::error_code code = llvm::sys::fs::createTemporaryFile("sinterc-verify", "so", path))
    return reportError(llvm::createStringError("cannot make a temporary file: " + code.message()));
  llvm::scope_exit remove([&] { llvm::sys::fs::remove(path); });
  const std::string name = compilation.summary()->name;
  if (failed(reportError(link({LinkKind::SharedLibrary, *objects, path.str().str(), runtimeFolder(), name}))))
    return failure();
  return reportError(step.open(path.str().str(), name));
}

/// f64 differs by rounding in another order only; f32 by rounding at all.
double toleranceFor(const NamedTensor &tensor, const Options &options) {
  if (options.tolerance > 0)
    return options.tolerance;
  return tensor.value.kind() == ElementKind::F64 ? 1e-10 : 1e-4;
}

struct Comparison {
  CompiledStep &step;
  mlir::ModuleOp reference; ///< phase `step`
  const Options &options;
  int compared = 0, wrong = 0;

  LogicalResult run(llvm::StringRef function, int64_t rows) {
    mlir::FailureOr<NamedTensors> arguments = randomArguments(reference, function, rows, /*seed=*/1, /*step=*/3);
    if (failed(arguments))
      return failure();
    mlir::FailureOr<NamedTensors> expected = evaluateStep(reference, function, *arguments, rows);
    if (failed(expected))
      return failure();
    llvm::Expected<NamedTensors> found = step.run(function, *arguments, *expected, rows);
    if (!found)
      return reportError(found.takeError());
    llvm::outs() << function << ", " << rows << (rows == 1 ? " row\n" : " rows\n");
    for (auto [tensor, difference] : llvm::zip_equal(*expected, compare(*expected, *found)))
      report(tensor, difference);
    return success();
  }

  void report(const NamedTensor &tensor, const Difference &difference) {
    bool isRight = difference.problem.empty() && difference.relative <= toleranceFor(tensor, options);
    ++compared;
    wrong += !isRight;
    llvm::outs() << (isRight ? "  right " : "  WRONG ") << describe(difference) << "\n";
  }
};

} // namespace

LogicalResult runVerify(Compilation &compilation, const Options &options) {
  if (failed(compilation.advanceTo(Phase::Step)))
    return failure();
  if (compilation.phase() != Phase::Step)
    return reportError(llvm::createStringError("--verify needs a module of phase model or step, found '" +
                                               phaseName(compilation.phase()) + "'"));
  if (!isNative(compilation.targetMachine()))
    return reportError(llvm::createStringError("--verify runs the compiled step: the target must be this machine"));
  mlir::OwningOpRef<mlir::ModuleOp> reference = compilation.module().clone();
  CompiledStep step;
  if (failed(compilation.advanceTo(Phase::LLVM)) || failed(openCompiled(compilation, step)))
    return failure();

  Comparison comparison{step, *reference, options};
  // A full batch, and a part of one that no vector width divides.
  llvm::SmallVector<int64_t> rowCounts{step.batch()};
  if (step.batch() > 1)
    rowCounts.push_back(std::max<int64_t>(1, step.batch() * 2 / 5 - 1));
  if (failed(comparison.run("init", step.batch())))
    return failure();
  for (llvm::StringRef function : {"train_step", "eval_step", "predict"})
    for (int64_t rows : rowCounts)
      if (failed(comparison.run(function, rows)))
        return failure();
  llvm::outs().flush();
  if (comparison.wrong == 0)
    return success();
  return reportError(llvm::createStringError(
      llvm::formatv("{0} of {1} tensors differ from the reference", comparison.wrong, comparison.compared)));
}

} // namespace sinterc
