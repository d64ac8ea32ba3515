// What must a checkpoint hold beside the tensors, so that resuming is bit-identical to never having stopped?
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "RunRecord.h"
#include "Batch.h"
#include "Error.h"

#include <charconv>
#include <nlohmann/json.hpp>

namespace sinter::train {

namespace {

// One list of fields serves writing and reading, so that the two cannot drift apart.
template <typename Archive, typename Record>
void describe(Archive &archive, Record &record) {
  auto &settings = record.settings;
  archive("train.seed", settings.seed);
  archive("train.epochs", settings.epochs);
  archive("train.learning_rate", settings.learningRate);
  archive("train.schedule", settings.schedule);
  archive("train.shuffle", settings.shuffle);
  archive("train.normalize", settings.normalize);
  archive("train.scale", settings.scale);
  archive("train.validation", settings.validation);
  archive("train.test", settings.test);
  archive("train.patience", settings.patience);
  archive("train.mean", record.preparation.mean);
  archive("train.deviation", record.preparation.deviation);
  archive("train.classes", record.classes);
  archive("train.target", record.target);
  archive("train.ignore", record.ignore);
  archive("train.separate_validation", record.separateValidation);
  archive("train.epoch", record.epoch);
  archive("train.batch", record.batch);
  archive("train.loss_total", record.lossTotal);
  archive("train.loss_rows", record.lossRows);
  archive("train.rows", record.trainRows);
  archive("train.validation_rows", record.validationRows);
  archive("train.best_loss", record.bestLoss);
  archive("train.best_epoch", record.bestEpoch);
}

struct Writer {
  std::vector<std::pair<std::string, std::string>> entries;

  static std::string text(const std::string &value) { return value; }
  static std::string text(bool value) { return value ? "true" : "false"; }
  static std::string text(int64_t value) { return std::to_string(value); }
  static std::string text(double value) { return fmt::format("{}", value); } // shortest that reads back the same
  template <typename T>
  static std::string text(const std::vector<T> &value) {
    return nlohmann::json(value).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  }

  template <typename T>
  void operator()(const char *key, const T &value) {
    entries.emplace_back(key, text(value));
  }
};

struct Reader {
  const sinter_file *file;

  [[noreturn]] void malformed(const char *key, const char *text) const {
    fail("'{}' is damaged: its metadata '{}' cannot be '{}'", sinter_file_path(file), key, text);
  }
  bool read(const std::string &text, std::string &value) const {
    value = text;
    return true;
  }
  bool read(const std::string &text, bool &value) const {
    value = text == "true";
    return value || text == "false";
  }
  bool read(const std::string &text, int64_t &value) const { return readNumber(text, value); }
  bool read(const std::string &text, double &value) const { return readNumber(text, value); }
  template <typename T>
  bool readNumber(const std::string &text, T &value) const {
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size();
  }
  template <typename T>
  bool read(const std::string &text, std::vector<T> &value) const {
    nlohmann::json parsed = nlohmann::json::parse(text, nullptr, false);
    if (!parsed.is_array())
      return false;
    value.clear();
    for (const nlohmann::json &item : parsed) {
      if (std::is_same_v<T, double> ? !item.is_number() : !item.is_string())
        return false;
      value.push_back(item.get<T>());
    }
    return true;
  }

  template <typename T>
  void operator()(const char *key, T &value) const {
    const char *text = sinter_file_metadata(file, key);
    if (!text || !read(text, value))
      malformed(key, text ? text : "missing");
  }
};

} // namespace

DataFiles withRecordedColumns(DataFiles files, const RunRecord &record) {
  if (files.target.empty())
    files.target = record.target;
  if (files.ignore.empty())
    files.ignore = record.ignore;
  return files;
}

const char *findNotFinite(const sinter_model *model) {
  check(sinter_model_synchronize(model));
  for (uint32_t i = 0; i < sinter_model_tensor_count(model); ++i) {
    const sinter_tensor_info *info = sinter_model_tensor_info_at(model, i);
    int64_t count = static_cast<int64_t>(info->bytes / sinter_dtype_size(info->dtype));
    if (info->role != SINTER_GRADIENT && !allFinite(sinter_model_tensor_at_const(model, i), count, info->dtype))
      return info->name;
  }
  return nullptr;
}

void saveCheckpoint(const sinter_model *model, const std::string &path, const RunRecord &record) {
  Writer writer;
  describe(writer, record);
  std::vector<sinter_key_value> metadata;
  for (const auto &[key, value] : writer.entries)
    metadata.push_back({key.c_str(), value.c_str()});
  check(sinter_model_save(model, path.c_str(), metadata.data(), metadata.size()));
}

bool readRecord(const sinter_file *file, RunRecord &record) {
  if (!sinter_file_metadata(file, "train.seed"))
    return false;
  Reader reader{file};
  describe(reader, record);
  if (record.preparation.mean.size() != record.preparation.deviation.size())
    reader.malformed("train.deviation", "of another length than 'train.mean'");
  record.preparation.scale = record.settings.scale;
  return true;
}

} // namespace sinter::train
