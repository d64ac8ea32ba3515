// Does a checkpoint bring training back exactly, and is any other file refused without a change to the model?
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "TestSupport.h"

using namespace sinter::test;

namespace {

class Checkpoint : public testing::Test {
protected:
  // A model that has taken `steps` steps.
  static Model trained(int steps, const sinter_artifact &artifact = linear_artifact) {
    Model model = createModel(artifact, 2);
    EXPECT_OK(sinter_model_init(model.get(), 11));
    for (int step = 0; step < steps; ++step)
      EXPECT_OK(Batch(step).train(model.get()));
    return model;
  }
  // Loading must fail, and leave a model as it was.
  void expectRefused(sinter_status status, const std::string &contents, const std::vector<std::string> &parts) {
    writeFile(directory.path("bad"), contents);
    const Model model = trained(3);
    const std::vector<float> before = stateOf(model.get());
    sinter_file *file = nullptr;
    EXPECT_EQ(sinter_model_load(model.get(), directory.path("bad").c_str(), 0, &file), status) << sinter_last_error();
    for (const std::string &part : parts)
      EXPECT_THAT(sinter_last_error(), testing::HasSubstr(part));
    EXPECT_EQ(file, nullptr);
    EXPECT_EQ(stateOf(model.get()), before);
    EXPECT_EQ(sinter_model_step(model.get()), 3);
  }
  std::string saved(const sinter_artifact &artifact = linear_artifact) {
    EXPECT_OK(sinter_model_save(trained(5, artifact).get(), path.c_str(), nullptr, 0));
    return readFile(path);
  }

  TemporaryDirectory directory;
  std::string path = directory.path("model.safetensors");
};

TEST_F(Checkpoint, ResumingIsBitIdenticalToNeverHavingStopped) {
  const Model straight = trained(20), stopped = trained(8);
  const sinter_key_value metadata[] = {{"epoch", "3"}, {"labels", "[\"cat\", \"d\xC3\xB6g\"]"}};
  ASSERT_OK(sinter_model_save(stopped.get(), path.c_str(), metadata, 2));
  const Model resumed = createModel(linear_artifact, 1);
  sinter_file *opened = nullptr;
  ASSERT_OK(sinter_model_load(resumed.get(), path.c_str(), 0, &opened));
  const File file(opened);
  EXPECT_STREQ(sinter_file_metadata(opened, "epoch"), "3");
  EXPECT_STREQ(sinter_file_metadata(opened, "labels"), "[\"cat\", \"d\xC3\xB6g\"]");
  EXPECT_STREQ(sinter_file_metadata(opened, "sinter.model"), "linear");
  EXPECT_STREQ(sinter_file_metadata(opened, "sinter.format"), "1");
  EXPECT_EQ(sinter_model_step(resumed.get()), 8);
  EXPECT_EQ(sinter_model_seed(resumed.get()), 11);
  for (int step = 8; step < 20; ++step)
    ASSERT_OK(Batch(step).train(resumed.get()));
  EXPECT_EQ(stateOf(resumed.get()), stateOf(straight.get()));
}

TEST_F(Checkpoint, IsTheSameFileEveryTime) {
  const std::string first = saved();
  EXPECT_EQ(saved(), first);
  EXPECT_EQ(directory.fileCount(), 1u);
}

// Every bit of the file: the length, the header and its padding, the data.
TEST_F(Checkpoint, AnyFlippedBitIsFound) {
  const std::string whole = saved();
  const Model model = trained(3);
  const std::vector<float> before = stateOf(model.get());
  for (std::size_t bit = 0; bit < whole.size() * 8; bit += 3) {
    std::string changed = whole;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ 1 << bit % 8);
    writeFile(path, changed);
    ASSERT_NE(sinter_model_load(model.get(), path.c_str(), 0, nullptr), SINTER_OK) << "bit " << bit;
    ASSERT_NE(sinter_model_load_parameters(model.get(), path.c_str(), 0, nullptr), SINTER_OK) << "bit " << bit;
  }
  EXPECT_EQ(stateOf(model.get()), before);
}

TEST_F(Checkpoint, SaysWhatIsDamaged) {
  std::string whole = saved();
  std::string data = whole, header = whole;
  data.back() ^= 1;
  expectRefused(SINTER_CORRUPT, data, {"bad: the checkpoint is damaged: expected checksum", "of its data, found"});
  header[header.find("\"sinter.step\":\"5\"") + 15] = '6';
  expectRefused(SINTER_CORRUPT, header, {"the checkpoint is damaged", "of its header"});
  expectRefused(SINTER_TRUNCATED, whole.substr(0, whole.size() - 1), {"bad: tensor 'bias.momentum' ends at byte 40"});
  expectRefused(SINTER_TRUNCATED, whole.substr(0, 100), {"expected a header of"});
  expectRefused(SINTER_FORMAT, whole + "x", {"1 bytes follow"});
}

TEST_F(Checkpoint, OfAnotherModelIsRefused) {
  sinter_artifact other = linear_artifact;
  other.name = "other";
  expectRefused(SINTER_MISMATCH, saved(other), {"checkpoint of another model: expected 'linear', found 'other'"});
  const Model model = trained(0);
  EXPECT_OK(sinter_model_load(model.get(), path.c_str(), SINTER_LOAD_ANY_MODEL_NAME, nullptr));
  EXPECT_EQ(sinter_model_step(model.get()), 5);
  EXPECT_FAILS(SINTER_INVALID_ARGUMENT, sinter_model_load(model.get(), path.c_str(), 8, nullptr), "unknown flags 0x8");
}

TEST_F(Checkpoint, WithOtherTensorsIsRefused) {
  sinter_tensor_info tensors[4];
  sinter_artifact other = linear_artifact;
  other.tensors = tensors;
  const auto with = [&](auto change) {
    std::copy(linear_artifact.tensors, linear_artifact.tensors + 4, tensors);
    other.tensor_count = 4;
    change();
    return saved(other);
  };
  static const std::int64_t flat[] = {4};
  expectRefused(SINTER_MISMATCH, with([&] { tensors[0].rank = 1, tensors[0].shape = flat; }),
                {"another model: tensor 'weight' of model 'linear': expected shape 4x1, found 4"});
  expectRefused(SINTER_MISMATCH, with([&] { tensors[1].dtype = SINTER_I32; }),
                {"tensor 'bias' of model 'linear': expected type F32, found I32"});
  expectRefused(SINTER_MISMATCH, with([&] { tensors[1].rank = 0; }), {"'bias'", "expected shape 1, found scalar"});
  expectRefused(SINTER_MISMATCH, with([&] { tensors[3].name = "bias.exp_avg"; }),
                {"expected tensor 'bias.momentum' of model 'linear', found none of this name"});
  expectRefused(SINTER_MISMATCH, with([&] { other.tensor_count = 3; }), {"expected tensor 'bias.momentum'"});
}

TEST_F(Checkpoint, WithUnknownTensorsIsRefused) {
  saved();
  sinter_artifact smaller = linear_artifact;
  smaller.tensor_count = 3;
  const Model model = createModel(smaller, 1);
  EXPECT_FAILS(SINTER_MISMATCH, sinter_model_load(model.get(), path.c_str(), 0, nullptr),
               "model 'linear' has no tensor 'bias.momentum'");
}

TEST_F(Checkpoint, KeptGradientsMayBeMissingOrUnknown) {
  sinter_tensor_info tensors[4];
  std::copy(linear_artifact.tensors, linear_artifact.tensors + 4, tensors);
  tensors[3].name = "bias.grad";
  tensors[3].role = SINTER_GRADIENT;
  sinter_artifact keeping = linear_artifact, plain = linear_artifact;
  keeping.tensors = plain.tensors = tensors;
  plain.tensor_count = 3;
  saved(keeping);
  EXPECT_NE(sinter_file_find(openFile(path).get(), "bias.grad"), nullptr);
  EXPECT_OK(sinter_model_load(createModel(plain, 1).get(), path.c_str(), 0, nullptr));
  saved(plain);
  EXPECT_OK(sinter_model_load(createModel(keeping, 1).get(), path.c_str(), 0, nullptr));
}

TEST_F(Checkpoint, AnyOtherFileIsRefused) {
  expectRefused(SINTER_MISMATCH, safetensors("{}", ""), {"not a checkpoint: expected 'sinter.format'"});
  expectRefused(SINTER_FORMAT, "x1,x2\n1,2\n3,4\n5,6\n", {"not a safetensors file"});
  const Model model = trained(1);
  EXPECT_FAILS(SINTER_IO, sinter_model_load(model.get(), directory.path("none").c_str(), 0, nullptr), "No such file");
}

TEST_F(Checkpoint, ReservedAndBrokenMetadataIsRefused) {
  const Model model = trained(1);
  const sinter_key_value reserved[] = {{"sinter.step", "7"}}, broken[] = {{"label", "caf\xE9"}};
  EXPECT_FAILS(SINTER_INVALID_ARGUMENT, sinter_model_save(model.get(), path.c_str(), reserved, 1),
               "keys that begin with 'sinter.' are reserved, found 'sinter.step'");
  EXPECT_FAILS(SINTER_INVALID_ARGUMENT, sinter_model_save(model.get(), path.c_str(), broken, 1), "'label'", "UTF-8");
  EXPECT_FAILS(SINTER_IO, sinter_model_save(model.get(), directory.path("none/m").c_str(), nullptr, 0), "none/m",
               "its directory does not exist");
  EXPECT_EQ(directory.fileCount(), 0u);
}

TEST_F(Checkpoint, ParametersComeFromAnyFileAndAnyFloatingPointType) {
  const double weight[] = {1, -2.5, 0.25, 1.0 / 3};
  const std::uint16_t bias = 0x4040; // 3 as BF16
  const std::int64_t weightShape[] = {4, 1}, biasShape[] = {1};
  const std::int32_t extra = 1;
  const sinter_file_entry entries[] = {{"weight", SINTER_F64, 2, weightShape, weight},
                                       {"extra", SINTER_I32, 0, nullptr, &extra},
                                       {"bias", SINTER_BF16, 1, biasShape, &bias}};
  ASSERT_OK(sinter_file_save(path.c_str(), entries, 3, nullptr, 0));
  const Model model = trained(4);
  const std::vector<float> before = stateOf(model.get());
  ASSERT_OK(sinter_model_load_parameters(model.get(), path.c_str(), 0, nullptr));
  std::vector<float> expected = {1, -2.5, 0.25, 1.0f / 3, 3};
  expected.insert(expected.end(), before.begin() + 5, before.end()); // momentum stays
  EXPECT_EQ(stateOf(model.get()), expected);
  EXPECT_EQ(sinter_model_step(model.get()), 4);

  ASSERT_OK(sinter_file_save(path.c_str(), entries, 2, nullptr, 0));
  EXPECT_FAILS(SINTER_MISMATCH, sinter_model_load_parameters(model.get(), path.c_str(), 0, nullptr),
               "expected tensor 'bias' of model 'linear', found none of this name");
  EXPECT_EQ(stateOf(model.get()), expected);
}

TEST_F(Checkpoint, ParametersComeFromACheckpoint) {
  saved();
  const Model source = trained(5), model = trained(2);
  const std::vector<float> before = stateOf(model.get()), wanted = stateOf(source.get());
  ASSERT_OK(sinter_model_load_parameters(model.get(), path.c_str(), 0, nullptr));
  std::vector<float> expected(wanted.begin(), wanted.begin() + 5);
  expected.insert(expected.end(), before.begin() + 5, before.end());
  EXPECT_EQ(stateOf(model.get()), expected);
}

} // namespace
