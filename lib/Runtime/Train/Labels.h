// What does a target mean? Integer targets are class labels: whole numbers below the number of classes, or words that
// become indices. Float targets are numbers.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SINTER_LIB_RUNTIME_TRAIN_LABELS_H
#define SINTER_LIB_RUNTIME_TRAIN_LABELS_H

#include "Array.h"
#include "Csv.h"

#include "sinter-rt/artifact.h"

#include <string>
#include <vector>

namespace sinter::train {

/// How messages name a row: by line and column of a table, or by its number in a file.
struct RowNames {
  const std::string &path;
  const Table *table;
  int64_t column;

  std::string operator()(int64_t row) const;
};

/// The target columns of a table for target 0 of the model. Words become class indices; `classes` gets their names.
Array targetsFromTable(const sinter_artifact &artifact, const Table &table, const std::vector<int64_t> &columns,
                       const std::vector<std::string> &knownClasses, std::vector<std::string> &classes);

/// Checks `array` for target `index`: whole numbers within the classes when the target is of integers. Returns the
/// array, as integers then. (A number that is not finite shows as the loss that is not finite, with its step and
/// batch.)
Array checkedTargets(const sinter_artifact &artifact, uint32_t index, Array array, const RowNames &names);

/// Checks that an input of integers gets whole numbers.
void checkInputType(const sinter_io_info &io, const Array &array, const std::string &path);

} // namespace sinter::train

#endif // SINTER_LIB_RUNTIME_TRAIN_LABELS_H
