// How do files become the inputs and targets of a model?
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Dataset.h"
#include "Error.h"
#include "FileBytes.h"
#include "Idx.h"
#include "Labels.h"
#include "Npy.h"

#include <algorithm>
#include <cstring>
#include <optional>

namespace sinter::train {

bool isBatched(const sinter_io_info &io) {
  return io.rank > 0 && io.shape[0] == SINTER_BATCH_EXTENT;
}

int64_t rowElements(const sinter_io_info &io) {
  int64_t product = 1;
  for (int32_t i = isBatched(io) ? 1 : 0; i < io.rank; ++i)
    product *= io.shape[i];
  return product;
}

static bool isFloatType(int32_t dtype) {
  return dtype == SINTER_F32 || dtype == SINTER_F64;
}

int64_t classCount(const sinter_artifact &artifact) {
  if (artifact.target_count == 0 || artifact.output_count == 0 || isFloatType(artifact.targets[0].dtype))
    return 0;
  const sinter_io_info &output = artifact.outputs[0];
  bool oneLogit = output.rank < 2 || output.shape[output.rank - 1] == 1;
  return oneLogit ? 2 : output.shape[output.rank - 1];
}

namespace {
// A data file in memory: either numbers or a table.
struct LoadedFile {
  std::string path;
  std::optional<Array> array;
  std::optional<Table> table;
};
} // namespace

static LoadedFile loadFile(const std::string &path, CsvHeader header) {
  LoadedFile file;
  file.path = path;
  std::string bytes = readFileBytes(path);
  if (bytes.empty())
    fail("'{}' is empty", path);
  if (looksLikeNpy(bytes))
    file.array = parseNpy(std::move(bytes), path);
  else if (looksLikeIdx(bytes))
    file.array = parseIdx(std::move(bytes), path);
  else if (bytes.compare(0, 4, "PK\x03\x04") == 0)
    fail("'{}' is a zip archive (such as .npz); expected NPY, IDX or CSV: extract it first", path);
  else
    file.table = parseCsv(std::move(bytes), path, header);
  return file;
}

// The given columns as an array of doubles [rows, columns].
static Array columnsToArray(const Table &table, const std::vector<int64_t> &columns) {
  for (int64_t column : columns)
    table.requireNumbers(column);
  Array array;
  array.shape = {table.rows(), static_cast<int64_t>(columns.size())};
  array.bytes.resize(static_cast<size_t>(array.elements()) * sizeof(double));
  char *out = array.bytes.data();
  for (int64_t row = 0; row < table.rows(); ++row) {
    for (int64_t column : columns) {
      double value = table.value(row, column);
      std::memcpy(out, &value, sizeof(value));
      out += sizeof(value);
    }
  }
  return array;
}

static std::vector<int64_t> allColumns(const Table &table) {
  std::vector<int64_t> columns(table.columns());
  for (size_t i = 0; i < columns.size(); ++i)
    columns[i] = static_cast<int64_t>(i);
  return columns;
}

static std::vector<int64_t> withoutOnes(const int64_t *begin, const int64_t *end) {
  std::vector<int64_t> extents;
  std::copy_if(begin, end, std::back_inserter(extents), [](int64_t extent) { return extent != 1; });
  return extents;
}

// Rows of a file fit a row of the model when they have as many elements, and the same extents unless one of them is
// flat.
static bool rowsFit(const Array &array, const sinter_io_info &io) {
  if (array.shape.empty() || array.rowElements() != rowElements(io))
    return false;
  std::vector<int64_t> have = withoutOnes(array.shape.data() + 1, array.shape.data() + array.shape.size());
  std::vector<int64_t> want = withoutOnes(io.shape + 1, io.shape + io.rank);
  return have.size() <= 1 || want.size() <= 1 || have == want;
}

static void checkBatched(const sinter_io_info &io, const char *kind) {
  if (!isBatched(io))
    fail("the model's {} '{}' has the shape {} without a batch extent, which this program cannot feed from files", kind,
         io.name, shapeText(io.shape, io.rank));
}

static void checkShape(const Array &array, const sinter_io_info &io, const char *kind, const std::string &path) {
  checkBatched(io, kind);
  if (!rowsFit(array, io))
    fail("the model's {} '{}' takes {} per row, shape {}; '{}' holds the shape {}", kind, io.name,
         counted(rowElements(io), "number"), shapeText(io.shape, io.rank), path, shapeText(array.shape));
  if (array.rows() == 0)
    fail("'{}' holds the shape {}: no rows", path, shapeText(array.shape));
}

static std::vector<int64_t> targetColumns(const Table &table, const std::string &names, NeedTargets need) {
  std::vector<int64_t> columns;
  if (names.empty())
    return columns;
  // A name that contains commas is still found as a whole.
  if (table.findColumn(names) >= 0)
    return {table.findColumn(names)};
  for (size_t at = 0; at <= names.size();) {
    size_t end = std::min(names.find(',', at), names.size());
    std::string name = names.substr(at, end - at);
    at = end + 1;
    // Without targets, "the last column" says nothing, and a named column may be missing.
    if (need == NeedTargets::IfPresent && table.findColumn(name) < 0)
      continue;
    columns.push_back(table.column(name));
  }
  return columns;
}

static void checkFeatureCount(const sinter_io_info &io, int64_t features, bool hasTarget, int64_t ignored,
                              const std::string &path) {
  checkBatched(io, "input");
  if (features == rowElements(io))
    return;
  fail("the model's input '{}' takes {}, '{}' has {}{}{}", io.name, counted(rowElements(io), "feature"), path, features,
       hasTarget ? " beside the target" : "", ignored ? fmt::format(" and {} ignored", ignored) : "");
}

// Splits a table into the features of input 0 and the target 0.
static void loadTable(const sinter_artifact &artifact, const DataFiles &files, NeedTargets need,
                      const std::vector<std::string> &knownClasses, Dataset &dataset) {
  LoadedFile file = loadFile(files.data, files.header);
  if (!file.table)
    fail("'{}' holds an array of shape {}; expected CSV (arrays are given with --inputs and --targets)", files.data,
         shapeText(file.array->shape));
  if (artifact.input_count != 1 || artifact.target_count > 1)
    fail("model '{}' has {} and {}; --data feeds one of each: give --inputs and --targets", artifact.name,
         counted(artifact.input_count, "input"), counted(artifact.target_count, "target"));
  const Table &table = *file.table;
  std::vector<int64_t> targets = targetColumns(table, files.target, need), ignored;
  for (const std::string &name : files.ignore)
    if (need == NeedTargets::Yes || table.findColumn(name) >= 0)
      ignored.push_back(table.column(name));
  std::vector<int64_t> features;
  auto contains = [](const std::vector<int64_t> &list, int64_t item) {
    return std::find(list.begin(), list.end(), item) != list.end();
  };
  for (int64_t column : allColumns(table))
    if (!contains(targets, column) && !contains(ignored, column))
      features.push_back(column);
  // A position, such as -1 for the last column, names a feature when the file comes without targets.
  if (need == NeedTargets::IfPresent && !targets.empty() &&
      static_cast<int64_t>(features.size() + targets.size()) == rowElements(artifact.inputs[0])) {
    features.insert(features.end(), targets.begin(), targets.end());
    std::sort(features.begin(), features.end());
    targets.clear();
  }
  checkFeatureCount(artifact.inputs[0], static_cast<int64_t>(features.size()), !targets.empty(),
                    static_cast<int64_t>(ignored.size()), files.data);
  dataset.inputs.push_back(columnsToArray(table, features));
  dataset.rows = table.rows();
  if (targets.empty() && need == NeedTargets::Yes && artifact.target_count == 1)
    misuse("'{}' needs --target COLUMN, the column to be learned: its name or its number from 0 (-1 is the last)",
           files.data);
  if (!targets.empty() && need == NeedTargets::Yes)
    dataset.targets.push_back(targetsFromTable(artifact, table, targets, knownClasses, dataset.classes));
}

static Array takeInput(const sinter_artifact &artifact, uint32_t index, LoadedFile file) {
  const sinter_io_info &io = artifact.inputs[index];
  if (file.table) {
    checkFeatureCount(io, file.table->columns(), false, 0, file.path);
    return columnsToArray(*file.table, allColumns(*file.table));
  }
  checkShape(*file.array, io, "input", file.path);
  return std::move(*file.array);
}

static Array takeTarget(const sinter_artifact &artifact, uint32_t index, LoadedFile file,
                        const std::vector<std::string> &knownClasses, std::vector<std::string> &classes) {
  if (file.table && index == 0)
    return targetsFromTable(artifact, *file.table, allColumns(*file.table), knownClasses, classes);
  if (file.table)
    file.array = columnsToArray(*file.table, allColumns(*file.table));
  checkShape(*file.array, artifact.targets[index], "target", file.path);
  return checkedTargets(artifact, index, std::move(*file.array), RowNames{file.path, nullptr, 0});
}

static void checkFileCount(const std::vector<std::string> &files, uint32_t count, const char *option, const char *kind,
                           const char *model) {
  if (files.size() != count)
    fail("model '{}' has {}, {} gives {}", model, counted(count, kind), option,
         counted(static_cast<long long>(files.size()), "file"));
}

static void loadArrays(const sinter_artifact &artifact, const DataFiles &files, NeedTargets need,
                       const std::vector<std::string> &knownClasses, Dataset &dataset) {
  checkFileCount(files.inputs, artifact.input_count, files.inputsOption, "input", artifact.name);
  if (need == NeedTargets::Yes)
    checkFileCount(files.targets, artifact.target_count, files.targetsOption, "target", artifact.name);
  for (uint32_t i = 0; i < artifact.input_count; ++i) {
    dataset.inputs.push_back(takeInput(artifact, i, loadFile(files.inputs[i], files.header)));
    if (i == 0)
      dataset.rows = dataset.inputs[0].rows();
    else if (dataset.inputs[i].rows() != dataset.rows)
      fail("'{}' has {}, '{}' has {}", files.inputs[0], counted(dataset.rows, "row"), files.inputs[i],
           dataset.inputs[i].rows());
  }
  for (uint32_t i = 0; need == NeedTargets::Yes && i < artifact.target_count; ++i) {
    LoadedFile file = loadFile(files.targets[i], files.header);
    int64_t rows = file.table ? file.table->rows() : file.array->rows();
    if (rows != dataset.rows)
      fail("'{}' has {}, but its targets '{}' have {}", files.inputs[0], counted(dataset.rows, "row"), files.targets[i],
           rows);
    dataset.targets.push_back(takeTarget(artifact, i, std::move(file), knownClasses, dataset.classes));
  }
}

Dataset loadDataset(const sinter_artifact &artifact, const DataFiles &files, NeedTargets need,
                    const std::vector<std::string> &knownClasses) {
  Dataset dataset;
  if (!files.data.empty())
    loadTable(artifact, files, need, knownClasses, dataset);
  else
    loadArrays(artifact, files, need, knownClasses, dataset);
  if (dataset.classes.empty())
    dataset.classes = knownClasses;
  for (uint32_t i = 0; i < artifact.input_count; ++i)
    checkInputType(artifact.inputs[i], dataset.inputs[i], files.data.empty() ? files.inputs[i] : files.data);
  return dataset;
}

} // namespace sinter::train
