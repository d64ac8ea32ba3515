// What does a target mean?
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Labels.h"
#include "Dataset.h"
#include "Error.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <set>

namespace sinter::train {

std::string RowNames::operator()(int64_t row) const {
  if (table)
    return fmt::format("'{}' line {}, {}", path, table->line(row), table->columnText(column));
  return fmt::format("'{}' row {} (counted from 0)", path, row);
}

static bool isFloatType(int32_t dtype) {
  return dtype == SINTER_F32 || dtype == SINTER_F64;
}

static Array makeArray(ElementType type, std::vector<int64_t> shape) {
  Array array;
  array.type = type;
  array.shape = std::move(shape);
  array.bytes.resize(static_cast<size_t>(array.elements()) * elementSize(type));
  return array;
}

static std::string listOfClasses(const std::vector<std::string> &classes) {
  std::string text;
  for (size_t i = 0; i < classes.size() && i < 20; ++i)
    text += fmt::format("{}'{}'", i ? ", " : "", classes[i]);
  return classes.size() > 20 ? text + ", ..." : text;
}

static std::vector<std::string> sortedLabels(const Table &table, int64_t column, int64_t limit, const RowNames &names) {
  std::set<std::string> labels;
  for (int64_t row = 0; row < table.rows(); ++row) {
    std::string label = table.word(row, column);
    if (label.empty())
      fail("{}: expected a label, found an empty field", names(row));
    labels.insert(std::move(label));
    if (static_cast<int64_t>(labels.size()) > limit)
      fail("{}: a label beyond the {} of the model, after {}", names(row),
           limit == 1 ? "1 class" : fmt::format("{} classes", limit), listOfClasses({labels.begin(), labels.end()}));
  }
  return {labels.begin(), labels.end()};
}

// Words of a target column as class indices; `limit` is the number of classes that the model tells apart.
static Array indicesOfWords(const Table &table, int64_t column, int64_t limit,
                            const std::vector<std::string> &knownClasses, std::vector<std::string> &classes) {
  RowNames names{table.path, &table, column};
  classes = knownClasses.empty() ? sortedLabels(table, column, limit, names) : knownClasses;
  Array array = makeArray(ElementType::I64, {table.rows()});
  for (int64_t row = 0; row < table.rows(); ++row) {
    std::string label = table.word(row, column);
    auto found = std::find(classes.begin(), classes.end(), label);
    if (found == classes.end())
      fail("{}: unknown label '{}'; the model was trained on the labels {}", names(row), label, listOfClasses(classes));
    int64_t index = found - classes.begin();
    std::memcpy(array.data() + row * sizeof(index), &index, sizeof(index));
  }
  return array;
}

Array targetsFromTable(const sinter_artifact &artifact, const Table &table, const std::vector<int64_t> &columns,
                       const std::vector<std::string> &knownClasses, std::vector<std::string> &classes) {
  const sinter_io_info &io = artifact.targets[0];
  if (!isBatched(io) || rowElements(io) != static_cast<int64_t>(columns.size()))
    fail("the model's target '{}' takes {} per row, '{}' gives {}", io.name, counted(rowElements(io), "number"),
         table.path, counted(static_cast<long long>(columns.size()), "column"));
  RowNames names{table.path, &table, columns[0]};
  // A single number per row may also be the truth value of one of two labels.
  bool labels = !isFloatType(io.dtype) || artifact.loss == nullptr ||
                std::string_view(artifact.loss).find("binary") != std::string_view::npos ||
                std::string_view(artifact.loss).find("bce") != std::string_view::npos;
  if (columns.size() == 1 && table.firstWord(columns[0]) >= 0 && labels) {
    int64_t limit = isFloatType(io.dtype) ? 2 : classCount(artifact);
    return checkedTargets(artifact, 0, indicesOfWords(table, columns[0], limit, knownClasses, classes), names);
  }
  Array array = makeArray(ElementType::F64, {table.rows(), static_cast<int64_t>(columns.size())});
  for (size_t i = 0; i < columns.size(); ++i) {
    table.requireNumbers(columns[i]);
    for (int64_t row = 0; row < table.rows(); ++row) {
      double value = table.value(row, columns[i]);
      std::memcpy(array.data() + (row * columns.size() + i) * sizeof(value), &value, sizeof(value));
    }
  }
  classes = table.classNames;
  return checkedTargets(artifact, 0, std::move(array), names);
}

static Array wholeNumbers(const Array &array, int64_t classes, const sinter_artifact &artifact, const RowNames &names) {
  Array result = makeArray(ElementType::I64, array.shape);
  int64_t width = std::max<int64_t>(array.rowElements(), 1);
  for (int64_t i = 0, count = array.elements(); i < count; ++i) {
    double value = array.at(i);
    if (!(std::floor(value) == value))
      fail("{}: expected a whole number as label, found {}", names(i / width), value);
    if (value < 0 || value >= static_cast<double>(classes))
      fail("{}: label {} is out of range; expected 0 .. {} for the {} classes of output '{}'", names(i / width), value,
           classes - 1, classes, artifact.outputs[0].name);
    int64_t label = static_cast<int64_t>(value);
    std::memcpy(result.data() + i * sizeof(label), &label, sizeof(label));
  }
  return result;
}

Array checkedTargets(const sinter_artifact &artifact, uint32_t index, Array array, const RowNames &names) {
  if (isFloatType(artifact.targets[index].dtype))
    return array;
  int64_t classes = index == 0 ? classCount(artifact) : INT32_MAX;
  return wholeNumbers(array, classes, artifact, names);
}

void checkInputType(const sinter_io_info &io, const Array &array, const std::string &path) {
  RowNames names{path, nullptr, 0};
  if (isFloatType(io.dtype) || !isFloat(array.type))
    return;
  for (int64_t i = 0, count = array.elements(), width = std::max<int64_t>(array.rowElements(), 1); i < count; ++i)
    if (std::floor(array.at(i)) != array.at(i))
      fail("{}: the model's input '{}' takes whole numbers, found {}", names(i / width), io.name, array.at(i));
}

} // namespace sinter::train
