// How does a model text become a training run of compiled code?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "CompiledTrainer.h"

#include "sinter/Reference/TensorBytes.h"

#include "llvm/Support/raw_ostream.h"

#include <cmath>
#include <cstring>

using namespace sinter;
using namespace sinter::reference;

/// Those of the kinds that parameters and moments have.
static ElementKind kindOf(int32_t dtype) {
  return dtype == SINTER_F32 ? ElementKind::F32 : ElementKind::F64;
}

static llvm::ArrayRef<int64_t> shapeOf(const sinter_tensor_info &info) {
  return llvm::ArrayRef(info.shape, info.rank);
}

CompiledTrainer::CompiledTrainer(const std::string &modelText, int64_t batch, int threads) {
  CompilationOptions options;
  options.batch = batch;
  options.keepGradients = true;
  CompiledText compiled(modelText, options);
  if (compiled.advanceTo(Phase::LLVM))
    library = compiled.makeLibrary();
  if (library)
    start(library->artifact(), threads);
  llvm::errs() << compiled.fault();
}

CompiledTrainer::CompiledTrainer(const CompiledLibrary &library, int threads) {
  start(library.artifact(), threads);
}

CompiledTrainer::~CompiledTrainer() {
  sinter_model_destroy(model);
}

void CompiledTrainer::start(const sinter_artifact &artifact, int threads) {
  sinter_status status = testsGpu() ? sinter_model_create_on_gpu(&artifact, /*device=*/0, &model)
                                    : sinter_model_create(&artifact, threads, &model);
  if (status != SINTER_OK || sinter_model_init(model, /*seed=*/1) != SINTER_OK)
    llvm::errs() << sinter_last_error() << "\n";
}

const Tensor *CompiledTrainer::state(const std::string &name) const {
  const sinter_tensor_info *info = nullptr;
  const void *data = sinter_model_tensor(model, name.c_str(), &info);
  if (!data)
    return nullptr;
  lastRead = Tensor(kindOf(info->dtype), shapeOf(*info));
  loadBytes(lastRead, data);
  return &lastRead;
}

bool CompiledTrainer::setState(const std::string &name, const Tensor &value) {
  const sinter_tensor_info *info = nullptr;
  void *data = sinter_model_tensor(model, name.c_str(), &info);
  if (!data || kindOf(info->dtype) != value.kind() || shapeOf(*info) != value.shape())
    return false;
  storeBytes(value, data);
  return true;
}

namespace {

/// Tensors as the runtime takes them.
struct Buffers {
  explicit Buffers(const std::vector<Tensor> &tensors) {
    for (const Tensor &tensor : tensors) {
      storage.emplace_back(bytesOf(tensor));
      storeBytes(tensor, storage.back().data());
    }
    for (const std::vector<char> &bytes : storage)
      pointers.push_back(bytes.data());
  }

  std::vector<std::vector<char>> storage;
  std::vector<const void *> pointers;
};

} // namespace

double CompiledTrainer::step(const std::vector<Tensor> &inputs, const std::vector<Tensor> &targets) {
  const sinter_artifact *artifact = sinter_model_artifact(model);
  if (inputs.size() != artifact->input_count || targets.size() != artifact->target_count)
    return std::nan("");
  double loss = std::nan("");
  if (sinter_model_train_step(model, Buffers(inputs).pointers.data(), Buffers(targets).pointers.data(),
                              inputs.front().shape()[0], artifact->learning_rate, &loss) != SINTER_OK)
    llvm::errs() << sinter_last_error() << "\n";
  return loss;
}

std::vector<char> CompiledTrainer::stateBytes() const {
  std::vector<char> bytes;
  for (uint32_t i = 0; i < sinter_model_tensor_count(model); ++i) {
    const char *data = static_cast<const char *>(sinter_model_tensor_at_const(model, i));
    bytes.insert(bytes.end(), data, data + sinter_model_tensor_info_at(model, i)->bytes);
  }
  return bytes;
}
