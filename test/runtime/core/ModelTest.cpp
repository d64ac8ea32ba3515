// Does a model drive its artifact: memory, steps, tensors, any number of threads?
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "TestSupport.h"

#include <cmath>

using namespace sinter::test;

namespace {

TEST(Model, LearnsALinearFunction) {
  const Model model = createModel(linear_artifact, 2);
  ASSERT_OK(sinter_model_init(model.get(), 1));
  double loss = 0;
  for (int step = 0; step < 300; ++step)
    ASSERT_OK(Batch(step).train(model.get(), &loss));
  EXPECT_LT(loss, 1e-6);
  EXPECT_EQ(sinter_model_step(model.get()), 300);
  const auto *weight = static_cast<const float *>(sinter_model_tensor(model.get(), "weight", nullptr));
  const float expected[] = {2, -1, 0, 0.5};
  for (int i = 0; i < LINEAR_FEATURES; ++i)
    EXPECT_NEAR(weight[i], expected[i], 1e-3);
}

// Losses of the first steps by hand: one row, zero weights, x = (1, 0, 0, 0), y = 2.
TEST(Model, FollowsTheUpdateRule) {
  const Model model = createModel(linear_artifact, 1);
  Batch batch(0, 1);
  batch.x = {1, 0, 0, 0};
  batch.y = {2};
  double loss = 0;
  ASSERT_OK(batch.train(model.get(), &loss, 0.125));
  EXPECT_EQ(loss, 4); // gradient -4 for weight and bias, so each becomes 0.5
  ASSERT_OK(batch.train(model.get(), &loss, 0.125));
  EXPECT_EQ(loss, 1); // prediction 1
}

class ModelWithThreads : public testing::TestWithParam<int> {};
INSTANTIATE_TEST_SUITE_P(Threads, ModelWithThreads, testing::Values(2, 5));

TEST_P(ModelWithThreads, IsBitIdenticalWithOneThread) {
  const Model one = createModel(linear_artifact, 1), many = createModel(linear_artifact, GetParam());
  ASSERT_OK(sinter_model_init(one.get(), 3));
  ASSERT_OK(sinter_model_init(many.get(), 3));
  for (int step = 0; step < 50; ++step) {
    const Batch batch(step, 1 + step % LINEAR_BATCH);
    double first = 0, second = 0;
    ASSERT_OK(batch.train(one.get(), &first));
    ASSERT_OK(batch.train(many.get(), &second));
    ASSERT_EQ(first, second) << step;
  }
  EXPECT_EQ(stateOf(one.get()), stateOf(many.get()));
}

// A batch with the arrays of pointers that a launch of several steps takes.
struct SeveralBatches {
  std::vector<Batch> batches;
  std::vector<const void *> inputs, targets;
  std::vector<sinter_batch> arguments;

  SeveralBatches(std::vector<Batch> given, double *losses) : batches(std::move(given)) {
    for (const Batch &batch : batches) {
      inputs.push_back(batch.x.data());
      targets.push_back(batch.y.data());
    }
    for (size_t i = 0; i < batches.size(); ++i)
      arguments.push_back({&inputs[i], &targets[i], static_cast<std::int64_t>(batches[i].y.size()), 0.05,
                           losses ? losses + i : nullptr, nullptr});
  }
};

// On a CPU a launch of several steps is these steps, and losses are there at once.
TEST(Model, TakesSeveralStepsAsSingleOnes) {
  const Model one = createModel(linear_artifact, 2), many = createModel(linear_artifact, 2);
  double expected[3], found[3];
  const SeveralBatches several({Batch(0), Batch(1), Batch(2)}, found);
  for (int i = 0; i < 3; ++i)
    ASSERT_OK(several.batches[i].train(one.get(), &expected[i]));
  ASSERT_OK(sinter_model_reserve_steps(many.get(), 8));
  EXPECT_EQ(sinter_model_steps_per_launch(many.get()), 1);
  ASSERT_OK(sinter_model_train_steps(many.get(), several.arguments.data(), 3));
  std::int64_t pending = -1;
  ASSERT_OK(sinter_model_poll(many.get(), &pending));
  ASSERT_OK(sinter_model_finish(many.get()));
  EXPECT_EQ(pending, 0);
  EXPECT_THAT(found, testing::ElementsAreArray(expected));
  EXPECT_EQ(sinter_model_step(many.get()), 3);
  EXPECT_EQ(stateOf(one.get()), stateOf(many.get()));
}

TEST(Model, RefusesLaunchesThatCannotBe) {
  const Model model = createModel(linear_artifact, 1);
  const SeveralBatches several({Batch(0), Batch(1, LINEAR_BATCH - 1)}, nullptr);
  const sinter_batch *batches = several.arguments.data();
  EXPECT_FAILS(SINTER_INVALID_ARGUMENT, sinter_model_train_steps(model.get(), batches, 0), "at least 1, found 0");
  EXPECT_FAILS(SINTER_INVALID_ARGUMENT, sinter_model_train_steps(model.get(), batches, 2), "rows of batches");
  EXPECT_FAILS(SINTER_UNSUPPORTED, sinter_model_time_train_step(model.get(), batches, nullptr), "on the CPU");
  const std::int64_t numbers[LINEAR_BATCH] = {};
  const sinter_batch kept = {nullptr, nullptr, LINEAR_BATCH, 0.05, nullptr, numbers};
  EXPECT_FAILS(SINTER_UNSUPPORTED, sinter_model_keep_rows(model.get(), 4), "kept on GPUs alone");
  EXPECT_FAILS(SINTER_UNSUPPORTED, sinter_model_train_steps(model.get(), &kept, 1), "kept on GPUs alone");
  EXPECT_EQ(sinter_model_step(model.get()), 0);
}

TEST(Model, EvalAndPredictAgreeAndUpdateNothing) {
  const Model model = createModel(linear_artifact, 2);
  ASSERT_OK(sinter_model_init(model.get(), 1));
  const std::vector<float> before = stateOf(model.get());
  const Batch batch(9, 13);
  std::vector<float> evaluated(14, -77), predicted(14, -77);
  const void *inputs[] = {batch.x.data()}, *targets[] = {batch.y.data()};
  void *evalOutputs[] = {evaluated.data()}, *predictOutputs[] = {predicted.data()};
  double loss = 0;
  ASSERT_OK(sinter_model_eval_step(model.get(), inputs, targets, evalOutputs, 13, &loss));
  ASSERT_OK(sinter_model_predict(model.get(), inputs, predictOutputs, 13));
  EXPECT_EQ(evaluated, predicted);
  EXPECT_EQ(evaluated[13], -77); // nothing beyond the rows that are there
  double expected = 0;
  for (int row = 0; row < 13; ++row)
    expected += std::pow(evaluated[row] - batch.y[row], 2) / 13;
  EXPECT_NEAR(loss, expected, 1e-5 * expected);
  EXPECT_EQ(stateOf(model.get()), before);
  EXPECT_EQ(sinter_model_step(model.get()), 0);
}

TEST(Model, RefusesRowsOutOfRange) {
  const Model model = createModel(linear_artifact, 1);
  const Batch batch(0);
  const void *inputs[] = {batch.x.data()}, *targets[] = {batch.y.data()};
  float output[LINEAR_BATCH];
  void *outputs[] = {output};
  for (std::int64_t rows : {-1, 0, LINEAR_BATCH + 1}) {
    const std::string found = "expected 1 to 64, found " + std::to_string(rows);
    EXPECT_FAILS(SINTER_INVALID_ARGUMENT, sinter_model_train_step(model.get(), inputs, targets, rows, 0.1, nullptr),
                 "'linear'", found);
    EXPECT_FAILS(SINTER_INVALID_ARGUMENT, sinter_model_eval_step(model.get(), inputs, targets, outputs, rows, nullptr),
                 found);
    EXPECT_FAILS(SINTER_INVALID_ARGUMENT, sinter_model_predict(model.get(), inputs, outputs, rows), found);
  }
  EXPECT_EQ(sinter_model_step(model.get()), 0);
}

TEST(Model, RefusesMissingBuffersAndLearningRates) {
  const Model model = createModel(linear_artifact, 1);
  const Batch batch(0);
  const void *inputs[] = {batch.x.data()}, *none[] = {nullptr};
  void *noOutput[] = {nullptr};
  EXPECT_FAILS(SINTER_INVALID_ARGUMENT, sinter_model_train_step(model.get(), none, inputs, 1, 0.1, nullptr),
               "input 'x': expected a buffer, found NULL");
  EXPECT_FAILS(SINTER_INVALID_ARGUMENT, sinter_model_train_step(model.get(), inputs, nullptr, 1, 0.1, nullptr),
               "targets: expected 1 buffers, found NULL");
  EXPECT_FAILS(SINTER_INVALID_ARGUMENT, sinter_model_predict(model.get(), inputs, noOutput, 1), "output 'prediction'");
  EXPECT_FAILS(SINTER_INVALID_ARGUMENT, sinter_model_train_step(model.get(), inputs, inputs, 1, NAN, nullptr),
               "learning rate: expected a finite number, found nan");
}

TEST(Model, ReportsAFailedStep) {
  sinter_artifact artifact = linear_artifact;
  artifact.train_step = [](const sinter_step_args *) -> std::int32_t { return 7; };
  const Model model = createModel(artifact, 1);
  EXPECT_FAILS(SINTER_STEP_FAILED, Batch(0).train(model.get()), "train_step of model 'linear' failed with code 7");
  EXPECT_EQ(sinter_model_step(model.get()), 0);
}

TEST(Model, PassesArgumentsOn) {
  static sinter_step_args seen;
  sinter_artifact artifact = linear_artifact;
  artifact.loss_dtype = SINTER_F64;
  artifact.train_step = [](const sinter_step_args *args) -> std::int32_t {
    seen = *args;
    *static_cast<double *>(args->loss) = 1.0 / 3;
    return 0;
  };
  const Model model = createModel(artifact, 1);
  ASSERT_OK(sinter_model_init(model.get(), -5));
  sinter_model_set_step(model.get(), 41);
  double loss = 0;
  ASSERT_OK(Batch(0, 7).train(model.get(), &loss, 0.25));
  EXPECT_EQ(loss, 1.0 / 3);
  EXPECT_EQ(seen.struct_size, sizeof seen);
  EXPECT_EQ(seen.rows, 7);
  EXPECT_EQ(seen.learning_rate, 0.25);
  EXPECT_EQ(seen.step, 42);
  EXPECT_EQ(seen.seed, -5);
  EXPECT_EQ(seen.pool, sinter_model_pool(model.get()));
}

TEST(Model, FindsItsTensors) {
  const Model model = createModel(linear_artifact, 1);
  ASSERT_EQ(sinter_model_tensor_count(model.get()), 4u);
  const char *names[] = {"weight", "bias", "weight.momentum", "bias.momentum"};
  for (std::uint32_t i = 0; i < 4; ++i) {
    EXPECT_EQ(sinter_model_find_tensor(model.get(), names[i]), i);
    EXPECT_STREQ(sinter_model_tensor_info_at(model.get(), i)->name, names[i]);
    const sinter_tensor_info *info = nullptr;
    EXPECT_EQ(sinter_model_tensor(model.get(), names[i], &info), sinter_model_tensor_at(model.get(), i));
    EXPECT_EQ(info, &linear_artifact.tensors[i]);
  }
  EXPECT_EQ(sinter_model_find_tensor(model.get(), "weigh"), -1);
  EXPECT_EQ(sinter_model_tensor(model.get(), "zzz", nullptr), nullptr);
  EXPECT_EQ(sinter_model_tensor_at(model.get(), 4), nullptr);
}

// Blocks below and above the size from which memory is mapped in huge pages.
TEST(Model, BlocksAreAlignedAndZeroed) {
  for (std::uint64_t bytes : {std::uint64_t{0}, std::uint64_t{1000}, std::uint64_t{9000001}}) {
    static std::uint64_t scratchBytes;
    scratchBytes = bytes;
    sinter_artifact artifact = linear_artifact;
    artifact.alignment = 4096;
    artifact.scratch_bytes = bytes;
    artifact.init = [](const sinter_step_args *args) -> std::int32_t {
      const auto *scratch = static_cast<const char *>(args->scratch);
      return reinterpret_cast<std::uintptr_t>(args->state) % 4096 != 0 ||
             reinterpret_cast<std::uintptr_t>(scratch) % 4096 != 0 ||
             std::any_of(scratch, scratch + scratchBytes, [](char byte) { return byte != 0; });
    };
    const Model model = createModel(artifact, 1);
    EXPECT_OK(sinter_model_init(model.get(), 0));
    EXPECT_EQ(sinter_model_memory_of(model.get()).total, artifact.state_bytes + bytes);
  }
}

TEST(Model, ImpossibleMemoryIsAnError) {
  for (std::uint64_t bytes : {UINT64_MAX, std::uint64_t{1} << 62}) {
    sinter_artifact artifact = linear_artifact;
    artifact.scratch_bytes = bytes;
    sinter_model *model = nullptr;
    EXPECT_FAILS(SINTER_OUT_OF_MEMORY, sinter_model_create(&artifact, 1, &model), "the scratch block");
    EXPECT_EQ(model, nullptr);
  }
}

TEST(Model, BytesOfRows) {
  EXPECT_EQ(sinter_io_bytes(&linear_artifact.inputs[0], 3), 3u * LINEAR_FEATURES * 4);
  const std::int64_t shape[] = {5, 2};
  const sinter_io_info fixed = {"c", SINTER_F64, 2, shape};
  EXPECT_EQ(sinter_io_bytes(&fixed, 3), 80u);
}

} // namespace
