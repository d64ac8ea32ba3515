// What does a trained model say about new inputs? Its outputs, as NPY, as CSV or printed; with the class when its
// targets are classes.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Error.h"
#include "Metrics.h"
#include "Npy.h"
#include "Options.h"
#include "Weights.h"

#include "sinter-rt/file.h"

#include <algorithm>
#include <cstdio>
#include <memory>
#include <numeric>

namespace sinter::train {

// All rows of each output, one after the other.
using Outputs = std::vector<std::string>;

static Outputs predictAll(sinter_model *model, const Dataset &dataset, const Preparation &preparation) {
  const sinter_artifact &artifact = *sinter_model_artifact(model);
  Outputs outputs(artifact.output_count);
  std::vector<int64_t> rows(static_cast<size_t>(dataset.rows));
  std::iota(rows.begin(), rows.end(), 0);
  Batch batch(artifact);
  for (int64_t first = 0; first < dataset.rows; first += artifact.batch) {
    batch.gather(dataset, preparation, rows.data() + first, std::min(artifact.batch, dataset.rows - first));
    check(sinter_model_predict(model, batch.inputs.data(), batch.outputs.data(), batch.rows));
    for (uint32_t i = 0; i < artifact.output_count; ++i) {
      const sinter_io_info &io = artifact.outputs[i];
      if (!isBatched(io))
        outputs[i].clear();
      outputs[i].append(static_cast<const char *>(batch.outputs[i]), sinter_io_bytes(&io, batch.rows));
    }
  }
  return outputs;
}

static void writeFile(const std::string &path, std::initializer_list<const std::string *> parts) {
  sinter_output *output = nullptr;
  check(sinter_output_open(path.c_str(), &output));
  for (const std::string *part : parts) {
    sinter_status status = sinter_output_write(output, part->data(), part->size());
    if (status != SINTER_OK) {
      sinter_output_discard(output);
      check(status);
    }
  }
  check(sinter_output_commit(output));
}

static ElementType npyType(const sinter_io_info &io) {
  switch (io.dtype) {
  case SINTER_F32:
    return ElementType::F32;
  case SINTER_F64:
    return ElementType::F64;
  case SINTER_I32:
    return ElementType::I32;
  case SINTER_I64:
    return ElementType::I64;
  case SINTER_U8:
    return ElementType::U8;
  case SINTER_BOOL:
    return ElementType::Bool;
  default:
    fail("output '{}' has elements of type {}, which NPY cannot hold", io.name, sinter_dtype_name(io.dtype));
  }
}

static void writeNpy(const std::string &path, const sinter_io_info &io, const std::string &data, int64_t rows) {
  std::vector<int64_t> shape(io.shape, io.shape + io.rank);
  if (isBatched(io))
    shape[0] = rows;
  std::string header = npyHeader(npyType(io), shape);
  writeFile(path, {&header, &data});
}

// A field with what CSV needs quoted.
static std::string csvField(const std::string &text) {
  if (text.find_first_of(",\"\n\r") == std::string::npos)
    return text;
  std::string quoted = "\"";
  for (char c : text)
    quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + '"';
}

static std::string className(const std::vector<std::string> &classes, int64_t index) {
  return index < static_cast<int64_t>(classes.size()) ? csvField(classes[static_cast<size_t>(index)])
                                                      : std::to_string(index);
}

static std::string numberText(const void *data, int64_t index, int32_t dtype) {
  double value = elementAt(data, index, dtype);
  return dtype == SINTER_F32 ? fmt::format("{}", static_cast<float>(value)) : fmt::format("{}", value);
}

// The rows of output 0 as CSV, its class in front when there is one class per row.
static std::string csvText(const sinter_artifact &artifact, const std::string &data, int64_t rows,
                           const std::vector<std::string> &classes) {
  const sinter_io_info &io = artifact.outputs[0];
  if (!isBatched(io))
    rows = 1;
  int64_t width = rowElements(io);
  std::unique_ptr<ClassReader> reader;
  if (isBatched(io) && (classCount(artifact) > 0 || !classes.empty())) {
    reader = std::make_unique<ClassReader>(artifact);
    if (reader->positionsPerRow() != 1)
      reader.reset();
  }
  std::string text = reader ? "class," : "";
  for (int64_t j = 0; j < width; ++j)
    text += width == 1 ? std::string(io.name) : fmt::format("{}{}.{}", j ? "," : "", io.name, j);
  text += '\n';
  for (int64_t row = 0; row < rows; ++row) {
    if (reader)
      text += className(classes, reader->classAt(data.data(), row)) + ",";
    for (int64_t j = 0; j < width; ++j)
      text += (j ? "," : "") + numberText(data.data(), row * width + j, io.dtype);
    text += '\n';
  }
  return text;
}

static bool endsWith(const std::string &text, std::string_view end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

int runPredict(const sinter_artifact &artifact, const PredictOptions &options) {
  if (!options.data.given())
    misuse("predict needs data: --inputs X, or --data FILE.csv");
  if (artifact.output_count == 0)
    fail("model '{}' has no outputs to predict", artifact.name);
  if (options.outputs.size() > artifact.output_count)
    misuse("model '{}' has {}, --output is given {} times", artifact.name, counted(artifact.output_count, "output"),
           options.outputs.size());
  for (const std::string &path : options.outputs)
    if (path != "-")
      check(sinter_output_check(path.c_str()));
  Model model = createModel(artifact, options.device);
  RunRecord record;
  loadTrained(model.get(), options.weights, record);
  DataFiles files = withRecordedColumns(options.data, record);
  record.preparation.scale = options.scale.value_or(record.preparation.scale);
  Dataset dataset = loadDataset(artifact, files, NeedTargets::IfPresent, record.classes);
  Outputs outputs = predictAll(model.get(), dataset, record.preparation);
  for (size_t i = 0; i < std::max<size_t>(options.outputs.size(), 1); ++i) {
    std::string path = options.outputs.empty() ? "-" : options.outputs[i];
    bool asText = path == "-" || endsWith(path, ".csv");
    if (asText && i > 0)
      misuse("output '{}' can only be written as NPY, found '{}'", artifact.outputs[i].name, path);
    std::string text = asText ? csvText(artifact, outputs[i], dataset.rows, record.classes) : std::string();
    if (path == "-")
      std::fwrite(text.data(), 1, text.size(), stdout);
    else if (asText)
      writeFile(path, {&text});
    else
      writeNpy(path, artifact.outputs[i], outputs[i], dataset.rows);
  }
  return 0;
}

} // namespace sinter::train
