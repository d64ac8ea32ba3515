// Does a model give the same bytes each time, in its code and in what it computes, whatever the number of threads?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "CompiledTrainer.h"
#include "RandomModel.h"

#include "sinter/Reference/RandomData.h"

#include <gtest/gtest.h>

#include <cmath>

using namespace sinter;
using namespace sinter::reference;

namespace {

CompilationOptions optionsFor(const RandomModel &model) {
  CompilationOptions options;
  options.batch = model.batch;
  return options;
}

class Determinism : public testing::TestWithParam<int> {};

TEST_P(Determinism, TheSameTextGivesTheSameObject) {
  const RandomModel model = randomModel(GetParam());
  llvm::SmallVector<char, 0> objects[2];
  for (auto &object : objects) {
    CompiledText compiled(model.text, optionsFor(model));
    ASSERT_TRUE(compiled.advanceTo(Phase::LLVM)) << compiled.fault();
    auto code = compiled->generate(CodeFormat::Object);
    ASSERT_TRUE(succeeded(code));
    object = std::move(*code);
  }
  EXPECT_TRUE(objects[0] == objects[1]) << model.text;
}

/// Random data in the shape of a table entry, classes below `limit`.
Tensor dataFor(const sinter_io_info &info, int64_t rows, uint64_t seed, int64_t limit) {
  const ElementKind kinds[] = {ElementKind::F32, ElementKind::F64, ElementKind::I32, ElementKind::I64};
  llvm::SmallVector<int64_t> shape(info.shape, info.shape + info.rank);
  shape[0] = rows;
  Tensor tensor(kinds[info.dtype - SINTER_F32], shape);
  fillRandom(tensor, seed, /*stream=*/0, limit);
  return tensor;
}

/// The state after some steps, the last of them on a smaller batch.
std::vector<char> train(const CompiledLibrary &library, int threads) {
  const sinter_artifact &artifact = library.artifact();
  CompiledTrainer trainer(library, threads);
  for (int64_t step = 1; step <= 5; ++step) {
    const int64_t rows = step < 5 ? artifact.batch : std::max<int64_t>(1, artifact.batch / 2);
    const double loss = trainer.step({dataFor(artifact.inputs[0], rows, 2 * step, 2)},
                                     {dataFor(artifact.targets[0], rows, 2 * step + 1, artifact.outputs[0].shape[1])});
    EXPECT_TRUE(std::isfinite(loss));
  }
  return trainer.stateBytes();
}

TEST_P(Determinism, ThreadsDoNotChangeTheState) {
  const RandomModel model = randomModel(GetParam());
  CompiledText compiled(model.text, optionsFor(model));
  ASSERT_TRUE(compiled.advanceTo(Phase::LLVM)) << compiled.fault();
  std::unique_ptr<CompiledLibrary> library = compiled.makeLibrary();
  ASSERT_TRUE(library) << compiled.fault();
  const std::vector<char> state = train(*library, 1);
  for (int threads : {1, 2, 3})
    EXPECT_TRUE(train(*library, threads) == state) << threads << " threads\n" << model.text;
}

INSTANTIATE_TEST_SUITE_P(Seeds, Determinism, testing::Range(100, 106));

} // namespace
