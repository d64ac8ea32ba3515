// What do the tests of the runtime core share? Files that vanish, and checks that show the message.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SINTER_TEST_RUNTIME_CORE_TESTSUPPORT_H
#define SINTER_TEST_RUNTIME_CORE_TESTSUPPORT_H

#include <sinter-rt/sinter.h>

#include "linear_artifact.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include <stdlib.h>

#define ASSERT_OK(EXPRESSION) ASSERT_EQ(EXPRESSION, SINTER_OK) << sinter_last_error()
#define EXPECT_OK(EXPRESSION) EXPECT_EQ(EXPRESSION, SINTER_OK) << sinter_last_error()

// The expression must fail with this status and a message that has all of the given parts.
#define EXPECT_FAILS(STATUS, EXPRESSION, ...)                                                                          \
  do {                                                                                                                 \
    EXPECT_EQ(EXPRESSION, STATUS) << sinter_last_error();                                                              \
    for (const std::string &part : std::vector<std::string>{__VA_ARGS__})                                              \
      EXPECT_THAT(sinter_last_error(), testing::HasSubstr(part));                                                      \
  } while (false)

namespace sinter::test {

// A directory of its own for each test, removed at the end.
class TemporaryDirectory {
public:
  TemporaryDirectory() {
    std::string pattern = (std::filesystem::temp_directory_path() / "sinter-rt-XXXXXX").string();
    if (const char *made = mkdtemp(pattern.data()))
      root = made;
  }
  ~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(root, ignored);
  }
  TemporaryDirectory(const TemporaryDirectory &) = delete;
  TemporaryDirectory &operator=(const TemporaryDirectory &) = delete;

  std::string path(const std::string &name) const { return (root / name).string(); }
  // Number of files inside: shows that nothing temporary is left.
  std::size_t fileCount() const {
    const auto entries = std::filesystem::directory_iterator(root);
    return static_cast<std::size_t>(std::distance(begin(entries), end(entries)));
  }

private:
  std::filesystem::path root;
};

inline std::string readFile(const std::string &path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

inline void writeFile(const std::string &path, const std::string &contents) {
  std::ofstream(path, std::ios::binary) << contents;
}

// The bytes of a safetensors file with this header and data.
inline std::string safetensors(const std::string &header, const std::string &data) {
  const std::uint64_t length = header.size();
  return std::string(reinterpret_cast<const char *>(&length), sizeof length) + header + data;
}

struct Destroy {
  void operator()(sinter_model *model) const { sinter_model_destroy(model); }
  void operator()(sinter_pool *pool) const { sinter_pool_destroy(pool); }
  void operator()(sinter_file *file) const { sinter_file_close(file); }
  void operator()(sinter_library *library) const { sinter_library_close(library); }
};
using Model = std::unique_ptr<sinter_model, Destroy>;
using Pool = std::unique_ptr<sinter_pool, Destroy>;
using File = std::unique_ptr<sinter_file, Destroy>;
using Library = std::unique_ptr<sinter_library, Destroy>;

inline Model createModel(const sinter_artifact &artifact, int threads) {
  sinter_model *model = nullptr;
  EXPECT_OK(sinter_model_create(&artifact, threads, &model));
  return Model(model);
}

inline File openFile(const std::string &path) {
  sinter_file *file = nullptr;
  EXPECT_OK(sinter_file_open(path.c_str(), &file));
  return File(file);
}

// Data for the linear model: y = 2 x0 - x1 + 0.5 x3 + 3.
struct Batch {
  std::vector<float> x, y;
  explicit Batch(std::uint64_t seed, int rows = LINEAR_BATCH) : x(rows * LINEAR_FEATURES), y(rows) {
    sinter_random random = sinter_random_make(seed, 0);
    for (int row = 0; row < rows; ++row) {
      float *features = &x[row * LINEAR_FEATURES];
      for (int i = 0; i < LINEAR_FEATURES; ++i)
        features[i] = static_cast<float>(2 * sinter_random_unit(&random) - 1);
      y[row] = 2 * features[0] - features[1] + 0.5f * features[3] + 3;
    }
  }
  sinter_status train(sinter_model *model, double *loss = nullptr, double learningRate = 0.05) const {
    const void *inputs[] = {x.data()}, *targets[] = {y.data()};
    return sinter_model_train_step(model, inputs, targets, static_cast<std::int64_t>(y.size()), learningRate, loss);
  }
};

// All values of the state, tensor by tensor.
inline std::vector<float> stateOf(sinter_model *model) {
  std::vector<float> values;
  for (std::uint32_t i = 0; i < sinter_model_tensor_count(model); ++i) {
    const auto *data = static_cast<const float *>(sinter_model_tensor_at(model, i));
    values.insert(values.end(), data, data + sinter_model_tensor_info_at(model, i)->bytes / sizeof(float));
  }
  return values;
}

} // namespace sinter::test

#endif // SINTER_TEST_RUNTIME_CORE_TESTSUPPORT_H
