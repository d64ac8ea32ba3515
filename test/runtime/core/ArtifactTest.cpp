// Is an artifact that this runtime cannot drive refused, with a reason? In memory and from a shared library.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "TestSupport.h"

#include <functional>

using namespace sinter::test;

namespace {

// Checks a changed copy of the linear artifact.
sinter_status checkChanged(const std::function<void(sinter_artifact &)> &change) {
  sinter_artifact artifact = linear_artifact;
  change(artifact);
  return sinter_artifact_check(&artifact);
}

// The same with a changed tensor.
sinter_status checkChangedTensor(const std::function<void(sinter_tensor_info &)> &change) {
  return checkChanged([&](sinter_artifact &artifact) {
    static sinter_tensor_info tensors[4];
    std::copy(linear_artifact.tensors, linear_artifact.tensors + 4, tensors);
    change(tensors[0]);
    artifact.tensors = tensors;
  });
}

TEST(Artifact, AcceptsAGoodOne) {
  EXPECT_OK(sinter_artifact_check(&linear_artifact));
}

TEST(Artifact, RefusesForeignAbis) {
  EXPECT_FAILS(SINTER_ABI_MISMATCH, checkChanged([](auto &a) { a.magic = 0xDEADBEEF; }),
               "this is not a sinter artifact: expected magic number 0x52544E53, found 0xDEADBEEF");
  EXPECT_FAILS(SINTER_ABI_MISMATCH, checkChanged([](auto &a) { a.abi_version = 5; }),
               "the artifact was compiled for ABI version 5, this runtime speaks version 4: recompile it with a "
               "matching sinterc");
  EXPECT_FAILS(SINTER_ABI_MISMATCH, checkChanged([](auto &a) { a.struct_size = 208; }),
               "describes itself in 208 bytes, this runtime expects 224");
  EXPECT_FAILS(SINTER_INVALID_ARGUMENT, sinter_artifact_check(nullptr), "found NULL");
}

TEST(Artifact, ModelCreationRefusesForeignAbis) {
  sinter_artifact artifact = linear_artifact;
  artifact.abi_version = 7;
  sinter_model *model = nullptr;
  EXPECT_FAILS(SINTER_ABI_MISMATCH, sinter_model_create(&artifact, 1, &model), "ABI version 7");
  EXPECT_EQ(model, nullptr);
}

TEST(Artifact, RefusesImpossibleContents) {
  const auto refused = SINTER_INVALID_ARGUMENT;
  EXPECT_FAILS(refused, checkChanged([](auto &a) { a.name = nullptr; }), "has no name");
  EXPECT_FAILS(refused, checkChanged([](auto &a) { a.alignment = 48; }), "power of two", "found 48");
  EXPECT_FAILS(refused, checkChanged([](auto &a) { a.batch = 0; }), "batch: expected at least 1, found 0");
  EXPECT_FAILS(refused, checkChanged([](auto &a) { a.loss_dtype = SINTER_I32; }), "loss: expected type F32 or F64");
  EXPECT_FAILS(refused, checkChanged([](auto &a) { a.predict = nullptr; }), "found a missing one");
  EXPECT_FAILS(refused, checkChanged([](auto &a) { a.tensors = nullptr; }), "4 tensors without a table");
  EXPECT_FAILS(refused, checkChanged([](auto &a) { a.outputs = nullptr; }), "1 outputs without a table");
  EXPECT_FAILS(refused, checkChanged([](auto &a) { a.state_bytes = 64; }), "tensor 'bias' lies at byte 64");
}

TEST(Artifact, RefusesImpossibleTensors) {
  const auto refused = SINTER_INVALID_ARGUMENT;
  EXPECT_FAILS(refused, checkChangedTensor([](auto &t) { t.name = ""; }), "tensor 0 has no name");
  EXPECT_FAILS(refused, checkChangedTensor([](auto &t) { t.dtype = 99; }), "'weight'", "unknown element type 99");
  EXPECT_FAILS(refused, checkChangedTensor([](auto &t) { t.rank = -1; }), "expected a rank of 0 to 32, found -1");
  EXPECT_FAILS(refused, checkChangedTensor([](auto &t) { t.bytes = 15; }), "makes 16 bytes, found 15");
  EXPECT_FAILS(refused, checkChangedTensor([](auto &t) { t.offset = 32; }), "lies at byte 32");
  EXPECT_FAILS(refused, checkChangedTensor([](auto &t) { t.offset = UINT64_MAX - 63; }), "lies at byte");
  static const std::int64_t negative[] = {-4, 1}, huge[] = {INT64_MAX, INT64_MAX};
  EXPECT_FAILS(refused, checkChangedTensor([](auto &t) { t.shape = negative; }), "impossible extent -4");
  EXPECT_FAILS(refused, checkChangedTensor([](auto &t) { t.shape = huge; }), "impossible extent");
}

TEST(Artifact, RefusesTwoTensorsOfOneName) {
  sinter_artifact artifact = linear_artifact;
  sinter_tensor_info tensors[4];
  std::copy(linear_artifact.tensors, linear_artifact.tensors + 4, tensors);
  tensors[3].name = "bias";
  artifact.tensors = tensors;
  sinter_model *model = nullptr;
  EXPECT_FAILS(SINTER_INVALID_ARGUMENT, sinter_model_create(&artifact, 1, &model), "two tensors of the name 'bias'");
}

// The libraries lie beside the test, see CMakeLists.txt.
std::string libraryPath(const std::string &name) {
  return std::string(SINTER_TEST_LIBRARIES) + "/" + name;
}

TEST(ArtifactLoader, FindsTheArtifactByNameProgramSymbolOrFileName) {
  const std::pair<const char *, const char *> cases[] = {
      {"liblinear.so", "linear"}, {"liblinear.so", nullptr}, {"libprogram.so", nullptr}};
  for (auto [file, name] : cases) {
    sinter_library *opened = nullptr;
    ASSERT_OK(sinter_library_open(libraryPath(file).c_str(), name, &opened));
    const Library library(opened);
    const sinter_artifact *artifact = sinter_library_artifact(opened);
    EXPECT_STREQ(artifact->name, "linear");
    EXPECT_NE(artifact, &linear_artifact); // the library's, not the one this program is linked with
    const Model model = createModel(*artifact, 2);
    ASSERT_OK(sinter_model_init(model.get(), 1));
    EXPECT_OK(Batch(0).train(model.get()));
  }
}

TEST(ArtifactLoader, SaysWhatIsMissing) {
  const TemporaryDirectory directory;
  sinter_library *library = nullptr;
  EXPECT_FAILS(SINTER_IO, sinter_library_open(directory.path("none.so").c_str(), nullptr, &library), "none.so",
               "No such file");
  writeFile(directory.path("text.so"), "this is no library");
  EXPECT_FAILS(SINTER_IO, sinter_library_open(directory.path("text.so").c_str(), nullptr, &library),
               "cannot open library", "text.so");
  EXPECT_FAILS(SINTER_INVALID_ARGUMENT, sinter_library_open(libraryPath("liblinear.so").c_str(), "mlp", &library),
               "has no model 'mlp': expected the symbol 'mlp_artifact'");
  EXPECT_FAILS(SINTER_INVALID_ARGUMENT, sinter_library_open("", nullptr, &library), "expected a path");
  EXPECT_EQ(library, nullptr);
}

TEST(ArtifactLoader, RefusesAForeignVersion) {
  sinter_library *library = nullptr;
  EXPECT_FAILS(SINTER_ABI_MISMATCH, sinter_library_open(libraryPath("libfuture.so").c_str(), "linear", &library),
               "libfuture.so': the artifact was compiled for ABI version 5", "recompile");
  EXPECT_FAILS(SINTER_INVALID_ARGUMENT, sinter_library_open(libraryPath("libfuture.so").c_str(), nullptr, &library),
               "expected the symbol 'sinter_program_artifact' or 'future_artifact'");
}

} // namespace
