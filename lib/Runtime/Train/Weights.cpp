// Where do a model's parameters come from when not from its initializers?
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Weights.h"
#include "Batch.h"
#include "Error.h"
#include "FileBytes.h"
#include "Npy.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <dirent.h>
#include <memory>
#include <numeric>
#include <sys/stat.h>
#include <vector>

namespace sinter::train {

static bool isFolder(const std::string &path) {
  struct stat info;
  return stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode);
}

static std::vector<std::string> npyFiles(const std::string &folder) {
  std::unique_ptr<DIR, int (*)(DIR *)> directory(opendir(folder.c_str()), closedir);
  if (!directory)
    fail("cannot open folder '{}': {}", folder, std::strerror(errno));
  std::vector<std::string> names;
  while (const dirent *entry = readdir(directory.get())) {
    std::string_view name = entry->d_name;
    if (name.size() > 4 && name.substr(name.size() - 4) == ".npy")
      names.emplace_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

// The parameter's name within a file name, "" when there is none.
static std::string recordedName(const std::string &file) {
  static const std::string prefix = "param.", suffix = ".init.npy";
  if (file.size() <= prefix.size() + suffix.size() || file.compare(0, prefix.size(), prefix) != 0 ||
      file.compare(file.size() - suffix.size(), suffix.size(), suffix) != 0)
    return "";
  return file.substr(prefix.size(), file.size() - prefix.size() - suffix.size());
}

static std::string parameterNames(const sinter_model *model) {
  std::string names;
  for (uint32_t i = 0; i < sinter_model_tensor_count(model); ++i) {
    const sinter_tensor_info *info = sinter_model_tensor_info_at(model, i);
    if (info->role == SINTER_PARAMETER)
      names += fmt::format("{}'{}'", names.empty() ? "" : ", ", info->name);
  }
  return names;
}

namespace {
struct ParameterFile {
  std::string parameter, path;
};
} // namespace

static std::vector<ParameterFile> parameterFiles(const std::string &folder) {
  std::vector<ParameterFile> plain, recorded;
  for (const std::string &file : npyFiles(folder)) {
    std::string name = recordedName(file);
    if (!name.empty())
      recorded.push_back({name, folder + "/" + file});
    plain.push_back({file.substr(0, file.size() - 4), folder + "/" + file});
  }
  return recorded.empty() ? plain : recorded;
}

// The file's contents in the tensor's type.
static std::string readTensor(const ParameterFile &file, const sinter_tensor_info &info) {
  Array array = parseNpy(readFileBytes(file.path), file.path);
  std::vector<int64_t> shape(info.shape, info.shape + info.rank);
  if (array.shape != shape)
    fail("'{}' holds the shape {}; parameter '{}' has the shape {}", file.path, shapeText(array.shape), info.name,
         shapeText(shape));
  std::string bytes(info.bytes, '\0');
  std::vector<int64_t> rows(static_cast<size_t>(array.rows()));
  std::iota(rows.begin(), rows.end(), 0);
  gatherRows(array, rows.data(), array.rows(), info.dtype, bytes.data());
  return bytes;
}

static void loadFolder(sinter_model *model, const std::string &folder) {
  std::vector<ParameterFile> files = parameterFiles(folder);
  std::vector<std::pair<uint32_t, std::string>> loaded;
  for (const ParameterFile &file : files) {
    int64_t index = sinter_model_find_tensor(model, file.parameter.c_str());
    if (index < 0 || sinter_model_tensor_info_at(model, static_cast<uint32_t>(index))->role != SINTER_PARAMETER)
      fail("'{}' belongs to no parameter of model '{}': its parameters are {}", file.path,
           sinter_model_artifact(model)->name, parameterNames(model));
    const sinter_tensor_info *info = sinter_model_tensor_info_at(model, static_cast<uint32_t>(index));
    loaded.emplace_back(static_cast<uint32_t>(index), readTensor(file, *info));
  }
  for (uint32_t i = 0; i < sinter_model_tensor_count(model); ++i) {
    const sinter_tensor_info *info = sinter_model_tensor_info_at(model, i);
    auto isIt = [&](const auto &entry) { return entry.first == i; };
    if (info->role == SINTER_PARAMETER && std::none_of(loaded.begin(), loaded.end(), isIt))
      fail("folder '{}' has no file '{}.npy' for the parameter of this name (nor 'param.{}.init.npy')", folder,
           info->name, info->name);
  }
  for (const auto &[index, bytes] : loaded)
    std::memcpy(sinter_model_tensor_at(model, index), bytes.data(), bytes.size());
}

void loadParameters(sinter_model *model, const std::string &path) {
  if (isFolder(path))
    return loadFolder(model, path);
  check(sinter_model_load_parameters(model, path.c_str(), 0, nullptr));
}

void loadTrained(sinter_model *model, const std::string &path, RunRecord &record) {
  if (isFolder(path))
    return loadFolder(model, path);
  sinter_file *opened = nullptr;
  check(sinter_file_open(path.c_str(), &opened));
  TensorFile file(opened);
  const char *name = sinter_file_metadata(file.get(), "sinter.model");
  const sinter_artifact *artifact = sinter_model_artifact(model);
  if (name && std::strcmp(name, artifact->name) != 0)
    fail("'{}' is the checkpoint of another model: expected '{}', found '{}'", path, artifact->name, name);
  check(sinter_model_load_parameters(model, path.c_str(), 0, nullptr));
  readRecord(file.get(), record);
  int64_t features = 0;
  for (uint32_t i = 0; i < artifact->input_count; ++i)
    features += rowElements(artifact->inputs[i]);
  if (record.preparation.normalizes() && static_cast<int64_t>(record.preparation.mean.size()) != features)
    fail("'{}' was normalized for {} features, model '{}' has {}", path, record.preparation.mean.size(), artifact->name,
         features);
}

} // namespace sinter::train
