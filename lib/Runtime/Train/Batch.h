// Where do a step's inputs, targets and outputs lie? In buffers for one full batch, allocated once and filled batch by
// batch; the last batch of an epoch may have fewer rows.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SINTER_LIB_RUNTIME_TRAIN_BATCH_H
#define SINTER_LIB_RUNTIME_TRAIN_BATCH_H

#include "Options.h"
#include "Preparation.h"

#include "sinter-rt/model.h"

#include <memory>
#include <string>
#include <vector>

namespace sinter::train {

struct ModelDeleter {
  void operator()(sinter_model *model) const { sinter_model_destroy(model); }
};
using Model = std::unique_ptr<sinter_model, ModelDeleter>;

Model createModel(const sinter_artifact &artifact, const DeviceOptions &options);
/// "4 threads", or the name of the GPU.
std::string deviceText(const sinter_model *model);

/// Memory aligned to a cache line.
class AlignedBuffer {
public:
  explicit AlignedBuffer(size_t bytes);
  void *data() const { return memory.get(); }

private:
  struct Free {
    void operator()(void *memory) const;
  };
  std::unique_ptr<void, Free> memory;
};

class Batch {
public:
  explicit Batch(const sinter_artifact &artifact);

  /// Fills the inputs, and the targets where `dataset` has them, with rows `order[0 .. count)`.
  void gather(const Dataset &dataset, const Preparation &preparation, const int64_t *order, int64_t count);

  /// The first row of the batch with an input or target that is not finite, or -1.
  int64_t firstNotFinite() const;

  /// As an argument of a training step; `loss` may be null.
  sinter_batch arguments(double learningRate, double *loss) const {
    return {inputs.data(), targets.data(), rows, learningRate, loss, nullptr};
  }

  int64_t rows = 0;
  std::vector<void *> inputs, targets, outputs;

private:
  void *allocate(const sinter_io_info &io);

  const sinter_artifact &artifact;
  std::vector<AlignedBuffer> buffers;
};

/// True when the `count` elements at `data` are finite; integers always are.
bool allFinite(const void *data, int64_t count, int32_t dtype);

/// Element `index` of a buffer of the step, as a double.
double elementAt(const void *data, int64_t index, int32_t dtype);

} // namespace sinter::train

#endif // SINTER_LIB_RUNTIME_TRAIN_BATCH_H
