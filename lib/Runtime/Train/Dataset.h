// How do files become the inputs and targets of a model? One Array per input and target of the artifact, checked
// against its shapes, with labels checked against the number of classes.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SINTER_LIB_RUNTIME_TRAIN_DATASET_H
#define SINTER_LIB_RUNTIME_TRAIN_DATASET_H

#include "Array.h"
#include "Csv.h"

#include "sinter-rt/artifact.h"

#include <string>
#include <vector>

namespace sinter::train {

/// Which files hold the data: either a table with feature and target columns, or files of inputs and of targets.
struct DataFiles {
  std::string data;                         // CSV
  std::string target;                       // its target column, or several with commas between
  std::vector<std::string> ignore;          // its columns to leave out
  std::vector<std::string> inputs, targets; // NPY, IDX or CSV; one per input and target of the model
  CsvHeader header = CsvHeader::Auto;
  const char *inputsOption = "--inputs", *targetsOption = "--targets"; // for messages

  bool given() const { return !data.empty() || !inputs.empty(); }
};

enum class NeedTargets {
  Yes,
  IfPresent /* for predict: a target column is left out of the features, and may be absent */
};

struct Dataset {
  int64_t rows = 0;
  std::vector<Array> inputs;        // extent 0 is `rows`; may be flat where the model's shape is not, and the reverse
  std::vector<Array> targets;       // empty when absent
  std::vector<std::string> classes; // names of the labels by index; empty when the labels are numbers
};

/// Reads and checks. `knownClasses`, when not empty, fixes the meaning of string labels (from a checkpoint); otherwise
/// the labels found become indices in sorted order.
Dataset loadDataset(const sinter_artifact &artifact, const DataFiles &files, NeedTargets need,
                    const std::vector<std::string> &knownClasses);

/// Number of classes of integer targets: the last extent of the first output, 2 for a single logit; 0 when the model
/// has no integer target.
int64_t classCount(const sinter_artifact &artifact);

/// Elements of a row of `io`; all its elements when it has no batch extent.
int64_t rowElements(const sinter_io_info &io);
bool isBatched(const sinter_io_info &io);

} // namespace sinter::train

#endif // SINTER_LIB_RUNTIME_TRAIN_DATASET_H
