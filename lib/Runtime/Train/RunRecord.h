// What must a checkpoint hold beside the tensors, so that resuming is bit-identical to never having stopped? The
// settings of the run, the place within it, and how inputs and labels were read. Kept as metadata with keys `train.*`.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SINTER_LIB_RUNTIME_TRAIN_RUNRECORD_H
#define SINTER_LIB_RUNTIME_TRAIN_RUNRECORD_H

#include "Options.h"
#include "Preparation.h"

#include "sinter-rt/checkpoint.h"

#include <limits>
#include <memory>

namespace sinter::train {

struct RunRecord {
  RunSettings settings;
  Preparation preparation; // its scale is that of the settings
  std::vector<std::string> classes;
  std::string target;              // --target
  std::vector<std::string> ignore; // --ignore
  bool separateValidation = false; // validation rows came from files of their own

  int64_t epoch = 0;    // finished epochs
  int64_t batch = 0;    // batches of the next epoch that are done
  double lossTotal = 0; // sum over these batches of loss * rows, or of the loss when it is a sum
  int64_t lossRows = 0;
  int64_t trainRows = 0, validationRows = 0;
  double bestLoss = std::numeric_limits<double>::infinity(); // of validation
  int64_t bestEpoch = 0;
};

struct FileCloser {
  void operator()(sinter_file *file) const { sinter_file_close(file); }
};
using TensorFile = std::unique_ptr<sinter_file, FileCloser>;

/// Writes a checkpoint, atomically. Look with `findNotFinite` first: a good checkpoint is not to be replaced by a bad
/// one.
void saveCheckpoint(const sinter_model *model, const std::string &path, const RunRecord &record);

/// Reads the record; false when the file has none (it was not written by the trainer).
bool readRecord(const sinter_file *file, RunRecord &record);

/// `files` with the columns named as in the recorded run where they are not given.
DataFiles withRecordedColumns(DataFiles files, const RunRecord &record);

/// Name of a state tensor that is not finite, or null.
const char *findNotFinite(const sinter_model *model);

} // namespace sinter::train

#endif // SINTER_LIB_RUNTIME_TRAIN_RUNRECORD_H
