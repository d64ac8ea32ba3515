// Does what is written into a safetensors file come back, and is the file what the format says?
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "TestSupport.h"

#include <cmath>

using namespace sinter::test;

namespace {

const std::int64_t matrixShape[] = {2, 3}, emptyShape[] = {0, 7}, fiveShape[] = {5};

TEST(Safetensors, BytesAreThoseOfTheFormat) {
  const TemporaryDirectory directory;
  const float scalar = 1.5f;
  const std::uint8_t bytes[] = {1, 2, 3, 4, 5};
  const sinter_file_entry entries[] = {{"s", SINTER_F32, 0, nullptr, &scalar}, {"b", SINTER_U8, 1, fiveShape, bytes}};
  const sinter_key_value metadata[] = {{"k", "v"}};
  ASSERT_OK(sinter_file_save(directory.path("f").c_str(), entries, 2, metadata, 1));
  std::string header = R"({"__metadata__":{"k":"v"},)"
                       R"("s":{"dtype":"F32","shape":[],"data_offsets":[0,4]},)"
                       R"("b":{"dtype":"U8","shape":[5],"data_offsets":[4,9]}})";
  header.resize((header.size() + 7) / 8 * 8, ' ');
  EXPECT_EQ(readFile(directory.path("f")), safetensors(header, std::string("\0\0\xC0\x3F\1\2\3\4\5", 9)));
}

TEST(Safetensors, EveryTypeComesBack) {
  const std::int32_t dtypes[] = {SINTER_F64, SINTER_F32, SINTER_BF16, SINTER_FILE_F16,    SINTER_I64,
                                 SINTER_I32, SINTER_U8,  SINTER_BOOL, SINTER_FILE_F8_E4M3};
  const TemporaryDirectory directory;
  std::vector<char> data(6 * 8);
  for (std::size_t i = 0; i < data.size(); ++i)
    data[i] = static_cast<char>(i * 37 + 1);
  for (std::int32_t dtype : dtypes) {
    const sinter_file_entry entry = {"t", dtype, 2, matrixShape, data.data()};
    ASSERT_OK(sinter_file_save(directory.path("f").c_str(), &entry, 1, nullptr, 0));
    const File file = openFile(directory.path("f"));
    const sinter_file_tensor *tensor = sinter_file_find(file.get(), "t");
    ASSERT_NE(tensor, nullptr);
    EXPECT_EQ(tensor->dtype, dtype);
    ASSERT_EQ(tensor->rank, 2);
    EXPECT_EQ(tensor->shape[0], 2);
    EXPECT_EQ(tensor->shape[1], 3);
    EXPECT_EQ(tensor->elements, 6u);
    ASSERT_EQ(tensor->bytes, 6 * sinter_dtype_size(dtype));
    std::vector<char> read(tensor->bytes);
    ASSERT_OK(sinter_file_read(file.get(), tensor, read.data()));
    EXPECT_EQ(std::memcmp(read.data(), data.data(), read.size()), 0);
  }
}

TEST(Safetensors, NamesAndMetadataComeBackWhateverTheyContain) {
  const TemporaryDirectory directory;
  const std::string strange = "a \"quoted\" \\ name\n\t\x01\x7F with \xC3\xA9 and \xF0\x9F\x94\xA5";
  const double value = 3;
  const sinter_file_entry entry = {strange.c_str(), SINTER_F64, 0, nullptr, &value};
  const sinter_key_value metadata[] = {{strange.c_str(), "1"}, {"", ""}, {"labels", strange.c_str()}};
  ASSERT_OK(sinter_file_save(directory.path("f").c_str(), &entry, 1, metadata, 3));
  const File file = openFile(directory.path("f"));
  ASSERT_NE(sinter_file_find(file.get(), strange.c_str()), nullptr);
  EXPECT_EQ(sinter_file_find(file.get(), "a"), nullptr);
  ASSERT_EQ(sinter_file_metadata_count(file.get()), 3u);
  EXPECT_STREQ(sinter_file_metadata(file.get(), strange.c_str()), "1");
  EXPECT_STREQ(sinter_file_metadata(file.get(), ""), "");
  EXPECT_EQ(sinter_file_metadata(file.get(), "labels"), strange);
  EXPECT_EQ(sinter_file_metadata(file.get(), "none"), nullptr);
  EXPECT_STREQ(sinter_file_metadata_at(file.get(), 2)->key, "labels"); // the order is kept
  EXPECT_EQ(sinter_file_metadata_at(file.get(), 3), nullptr);
}

TEST(Safetensors, EmptyTensorsAndEmptyFilesAreFine) {
  const TemporaryDirectory directory;
  const float one = 1;
  const sinter_file_entry entries[] = {{"z", SINTER_F32, 2, emptyShape, nullptr},
                                       {"one", SINTER_F32, 0, nullptr, &one},
                                       {"a", SINTER_F32, 2, emptyShape, nullptr}};
  ASSERT_OK(sinter_file_save(directory.path("f").c_str(), entries, 3, nullptr, 0));
  const File file = openFile(directory.path("f"));
  EXPECT_EQ(sinter_file_find(file.get(), "a")->bytes, 0u);
  EXPECT_OK(sinter_file_read(file.get(), sinter_file_find(file.get(), "z"), nullptr));
  ASSERT_OK(sinter_file_save(directory.path("f").c_str(), nullptr, 0, nullptr, 0));
  EXPECT_EQ(sinter_file_tensor_count(openFile(directory.path("f")).get()), 0u);
}

// What other programs write: white space, any order of fields, escapes, metadata last.
TEST(Safetensors, ReadsOtherSpellings) {
  const TemporaryDirectory directory;
  writeFile(directory.path("f"),
            safetensors("{ \"b\" : {\"data_offsets\":[4, 8],\"shape\":[ 1 ],\"dtype\":\"I32\"},\r\n\t"
                        "\"\\u0061\\u00e9\\ud83d\\udd25\\/\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4]},"
                        "\"__metadata__\":{\"format\":\"pt\"}}  ",
                        std::string(8, '\0')));
  const File file = openFile(directory.path("f"));
  ASSERT_EQ(sinter_file_tensor_count(file.get()), 2u);
  EXPECT_STREQ(sinter_file_tensor_at(file.get(), 0)->name, "a\xC3\xA9\xF0\x9F\x94\xA5/"); // in the order of the data
  EXPECT_EQ(sinter_file_find(file.get(), "b")->dtype, SINTER_I32);
  EXPECT_STREQ(sinter_file_metadata(file.get(), "format"), "pt");
}

template <typename Wanted, typename Stored>
std::vector<Wanted> convert(std::int32_t stored, const std::vector<Stored> &values, std::int32_t wanted) {
  const TemporaryDirectory directory;
  const std::int64_t shape[] = {static_cast<std::int64_t>(values.size())};
  const sinter_file_entry entry = {"t", stored, 1, shape, values.data()};
  EXPECT_OK(sinter_file_save(directory.path("f").c_str(), &entry, 1, nullptr, 0));
  const File file = openFile(directory.path("f"));
  std::vector<Wanted> read(values.size());
  EXPECT_OK(sinter_file_read_as(file.get(), sinter_file_tensor_at(file.get(), 0), wanted, read.data()));
  return read;
}

TEST(Safetensors, ConvertsFloatingPointTypes) {
  EXPECT_EQ((convert<float, double>(SINTER_F64, {1.0 / 3, -0.0, 1e300, 1e-300}, SINTER_F32)),
            (std::vector<float>{1.0f / 3, -0.0f, INFINITY, 0.0f}));
  EXPECT_EQ((convert<double, float>(SINTER_F32, {1.0f / 3, -2.5f}, SINTER_F64)), (std::vector<double>{1.0f / 3, -2.5}));
  EXPECT_EQ((convert<float, std::uint16_t>(SINTER_BF16, {0x3F80, 0xC020, 0x7F80}, SINTER_F32)),
            (std::vector<float>{1, -2.5f, INFINITY}));
  // 1, -2.5, largest, smallest normal, smallest subnormal, -inf
  EXPECT_EQ(
      (convert<double, std::uint16_t>(SINTER_FILE_F16, {0x3C00, 0xC100, 0x7BFF, 0x0400, 0x0001, 0xFC00}, SINTER_F64)),
      (std::vector<double>{1, -2.5, 65504, 0x1p-14, 0x1p-24, -INFINITY}));
  EXPECT_TRUE(std::isnan(convert<float, std::uint16_t>(SINTER_FILE_F16, {0x7E00}, SINTER_F32)[0]));
}

TEST(Safetensors, ConvertsMoreThanOneChunk) {
  std::vector<double> values(100001);
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = static_cast<double>(i) / 8;
  const std::vector<float> read = convert<float>(SINTER_F64, values, SINTER_F32);
  EXPECT_TRUE(std::equal(values.begin(), values.end(), read.begin()));
}

TEST(Safetensors, IntegersAreNotConverted) {
  const TemporaryDirectory directory;
  const std::int32_t value = 1;
  const sinter_file_entry entry = {"t", SINTER_I32, 0, nullptr, &value};
  ASSERT_OK(sinter_file_save(directory.path("f").c_str(), &entry, 1, nullptr, 0));
  const File file = openFile(directory.path("f"));
  float read;
  EXPECT_FAILS(SINTER_UNSUPPORTED,
               sinter_file_read_as(file.get(), sinter_file_tensor_at(file.get(), 0), SINTER_F32, &read), "tensor 't'",
               "I32 cannot be read as F32");
}

TEST(Safetensors, WriterRefusesBadArgumentsAndWritesNothing) {
  const TemporaryDirectory directory;
  const float value = 1;
  const std::int64_t negative[] = {-1};
  const auto save = [&](std::vector<sinter_file_entry> entries, std::vector<sinter_key_value> metadata = {}) {
    return sinter_file_save(directory.path("f").c_str(), entries.data(), entries.size(), metadata.data(),
                            metadata.size());
  };
  const auto refused = SINTER_INVALID_ARGUMENT;
  const sinter_file_entry good = {"t", SINTER_F32, 0, nullptr, &value};
  EXPECT_FAILS(refused, save({good, good}), "two tensors of the name 't'");
  EXPECT_FAILS(refused, save({{"", SINTER_F32, 0, nullptr, &value}}), "expected a name");
  EXPECT_FAILS(refused, save({{"__metadata__", SINTER_F32, 0, nullptr, &value}}), "expected a name");
  EXPECT_FAILS(refused, save({{"\xFF", SINTER_F32, 0, nullptr, &value}}), "not valid UTF-8");
  EXPECT_FAILS(refused, save({{"t", 77, 0, nullptr, &value}}), "unknown element type 77");
  EXPECT_FAILS(refused, save({{"t", SINTER_F32, 1, negative, &value}}), "impossible extent -1");
  EXPECT_FAILS(refused, save({{"t", SINTER_F32, 0, nullptr, nullptr}}), "expected 4 bytes of data, found NULL");
  EXPECT_FAILS(refused, save({good}, {{"a", "1"}, {"a", "2"}}), "two metadata entries of the key 'a'");
  EXPECT_FAILS(refused, save({good}, {{"a", "\xC3"}}), "metadata entry 'a' is not valid UTF-8");
  EXPECT_FAILS(refused, save({good}, {{"a", nullptr}}), "found NULL");
  EXPECT_EQ(directory.fileCount(), 0u);
}

TEST(Safetensors, UnwritablePathIsAnError) {
  const TemporaryDirectory directory;
  EXPECT_FAILS(SINTER_IO, sinter_file_save(directory.path("none/f").c_str(), nullptr, 0, nullptr, 0), "cannot write '",
               "none/f", "its directory does not exist");
}

} // namespace
