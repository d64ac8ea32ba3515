// Is every malformed safetensors file refused with one message that names the place?
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "TestSupport.h"

using namespace sinter::test;

namespace {

class MalformedSafetensors : public testing::Test {
protected:
  // Opens a file of these bytes.
  sinter_status open(const std::string &contents) {
    writeFile(directory.path("bad.safetensors"), contents);
    sinter_file *file = nullptr;
    const sinter_status status = sinter_file_open(directory.path("bad.safetensors").c_str(), &file);
    EXPECT_EQ(file == nullptr, status != SINTER_OK);
    sinter_file_close(file);
    return status;
  }
  sinter_status openHeader(const std::string &header, std::size_t dataBytes = 0) {
    return open(safetensors(header, std::string(dataBytes, '\0')));
  }
  // A file with one tensor 't' of these fields, and 4 bytes of data.
  sinter_status openTensor(const std::string &fields) { return openHeader(R"({"t":{)" + fields + "}}", 4); }

  TemporaryDirectory directory;
};

TEST_F(MalformedSafetensors, NotAFile) {
  sinter_file *file = nullptr;
  EXPECT_FAILS(SINTER_IO, sinter_file_open(directory.path("none").c_str(), &file), "cannot read '", "No such file");
  EXPECT_FAILS(SINTER_IO, sinter_file_open(directory.path("").c_str(), &file), "found a directory");
  EXPECT_FAILS(SINTER_IO, sinter_file_open("/dev/null", &file), "found a device or a pipe");
  EXPECT_FAILS(SINTER_INVALID_ARGUMENT, sinter_file_open(nullptr, &file), "expected a path");
}

TEST_F(MalformedSafetensors, NoHeader) {
  EXPECT_FAILS(SINTER_TRUNCATED, open(""), "bad.safetensors", "at least 8 bytes, found 0");
  EXPECT_FAILS(SINTER_TRUNCATED, open("1234567"), "at least 8 bytes, found 7");
  EXPECT_FAILS(SINTER_FORMAT, open("x1,x2,label\n1,2,3\n"), "not a safetensors file", "announce a header of");
  EXPECT_FAILS(SINTER_FORMAT, openHeader(""), "does not begin with '{'");
  EXPECT_FAILS(SINTER_FORMAT, openHeader("[]"), "does not begin with '{'");
}

TEST_F(MalformedSafetensors, TruncatedAnywhere) {
  const std::string whole =
      safetensors(R"({"__metadata__":{"a":"b"},"t":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})", "1234");
  ASSERT_OK(open(whole));
  for (std::size_t length = 0; length < whole.size(); ++length)
    EXPECT_FAILS(SINTER_TRUNCATED, open(whole.substr(0, length)), "bad.safetensors");
  EXPECT_FAILS(SINTER_TRUNCATED, open(whole.substr(0, whole.size() - 1)),
               "tensor 't' ends at byte 4 of the data, the file has only 3");
  EXPECT_FAILS(SINTER_FORMAT, open(whole + "x"), "1 bytes follow the last tensor: expected none");
}

TEST_F(MalformedSafetensors, BrokenJson) {
  EXPECT_FAILS(SINTER_FORMAT, openHeader("{"), "header, byte 1: expected a string, found the end of the header");
  EXPECT_FAILS(SINTER_FORMAT, openHeader("{}x"), "byte 2: expected only spaces after the header's '}', found 'x'");
  EXPECT_FAILS(SINTER_FORMAT, openHeader("{5:6}"), "byte 1: expected a string, found '5'");
  EXPECT_FAILS(SINTER_FORMAT, openHeader(R"({"t" {}})"), "byte 5: expected ':', found '{'");
  EXPECT_FAILS(SINTER_FORMAT, openHeader(R"({"t":[]})"), "byte 5: expected '{', found '['");
  EXPECT_FAILS(SINTER_FORMAT, openHeader(R"({"t)"), "expected the rest of a string, found the end of the header");
  EXPECT_FAILS(SINTER_FORMAT, openHeader("{\"t\n\":{}}"), "expected the rest of a string, found byte 0x0A");
  EXPECT_FAILS(SINTER_FORMAT, openHeader(R"({"__metadata__":{},})"), "expected a string, found '}'");
  EXPECT_FAILS(SINTER_FORMAT, openHeader(R"({"__metadata__":{} "a")"), "expected ',' or '}', found '\"'");
  EXPECT_FAILS(SINTER_FORMAT, openHeader(std::string("{\0}", 3)), "expected a string, found byte 0x00");
}

TEST_F(MalformedSafetensors, BrokenStrings) {
  const auto metadata = [&](const std::string &value) {
    return openHeader("{\"__metadata__\":{\"k\":\"" + value + "\"}}");
  };
  EXPECT_FAILS(SINTER_FORMAT, metadata(R"(\x)"), "expected one of", "found 'x'");
  EXPECT_FAILS(SINTER_FORMAT, metadata(R"(\u12g4)"), "expected a hexadecimal digit, found 'g'");
  EXPECT_FAILS(SINTER_FORMAT, metadata(R"(\u0000)"), "a string contains a NUL");
  for (const char *lone : {R"(\ud800)", R"(\udc00)", R"(\ud800\u0041)", R"(\ud800x)", R"(\ud800\ud800)"})
    EXPECT_FAILS(SINTER_FORMAT, metadata(lone), "half of a surrogate pair");
  for (const char *bytes : {"\xFF", "\xC3", "\xC0\x80", "\xE0\x80\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\x80"})
    EXPECT_FAILS(SINTER_FORMAT, metadata(bytes), "a string is not valid UTF-8");
  EXPECT_FAILS(SINTER_FORMAT, openHeader(R"({"__metadata__":{"k":5}})"), "expected a string, found '5'");
}

TEST_F(MalformedSafetensors, BadFields) {
  ASSERT_OK(openTensor(R"("dtype":"F32","shape":[1],"data_offsets":[0,4])"));
  EXPECT_FAILS(SINTER_FORMAT, openTensor(R"("shape":[1],"data_offsets":[0,4])"), "tensor 't' has no 'dtype'");
  EXPECT_FAILS(SINTER_FORMAT, openTensor(R"("dtype":"F32","data_offsets":[0,4])"), "tensor 't' has no 'shape'");
  EXPECT_FAILS(SINTER_FORMAT, openTensor(R"("dtype":"F32","shape":[1])"), "tensor 't' has no 'data_offsets'");
  EXPECT_FAILS(SINTER_FORMAT, openTensor(R"("dtype":"F32","strides":[1])"), "tensor 't'", "found 'strides'");
  EXPECT_FAILS(SINTER_FORMAT, openTensor(R"("dtype":"F32","dtype":"F32")"), "'dtype' is given twice");
  EXPECT_FAILS(SINTER_FORMAT, openTensor(R"("dtype":"Q4")"), "tensor 't': 'Q4' is no element type");
  EXPECT_FAILS(SINTER_FORMAT, openTensor(R"("dtype":32)"), "expected a string, found '3'");
}

TEST_F(MalformedSafetensors, BadNumbers) {
  const auto shape = [&](const std::string &extents) {
    return openTensor(R"("dtype":"F32","shape":)" + extents + R"(,"data_offsets":[0,4])");
  };
  EXPECT_FAILS(SINTER_FORMAT, shape("[-1]"), "expected a non-negative integer, found '-'");
  EXPECT_FAILS(SINTER_FORMAT, shape("[1.5]"), "expected ',' or ']', found '.'");
  EXPECT_FAILS(SINTER_FORMAT, shape("[1e3]"), "found 'e'");
  EXPECT_FAILS(SINTER_FORMAT, shape("[01]"), "an integer must not start with 0");
  EXPECT_FAILS(SINTER_FORMAT, shape("[9223372036854775808]"), "does not fit into 63 bits");
  EXPECT_FAILS(SINTER_FORMAT, shape("[4294967296,4294967296]"), "tensor 't': its shape makes more bytes");
  EXPECT_FAILS(SINTER_FORMAT, shape("[4611686018427387904]"), "tensor 't': its shape makes more bytes");
  EXPECT_FAILS(SINTER_FORMAT, shape("[1,]"), "expected a non-negative integer, found ']'");
  EXPECT_FAILS(SINTER_FORMAT, shape("[[1]]"), "expected a non-negative integer, found '['");
  std::string deep = "[1";
  for (int i = 0; i < SINTER_FILE_MAX_RANK; ++i)
    deep += ",1";
  EXPECT_FAILS(SINTER_FORMAT, shape(deep + "]"), "tensor 't': expected a rank up to 32, found more");
  EXPECT_FAILS(SINTER_FORMAT, shape("[2]"), "tensor 't': its shape and type make 8 bytes, its data_offsets 4");
}

TEST_F(MalformedSafetensors, BadOffsets) {
  const auto offsets = [&](const std::string &pair) {
    return openTensor(R"("dtype":"F32","shape":[1],"data_offsets":)" + pair);
  };
  EXPECT_FAILS(SINTER_FORMAT, offsets("[4,0]"), "tensor 't': its data_offsets end at 0, before they begin at 4");
  EXPECT_FAILS(SINTER_FORMAT, offsets("[0]"), "expected ',', found ']'");
  EXPECT_FAILS(SINTER_FORMAT, offsets("[0,4,8]"), "expected ']', found ','");
  EXPECT_FAILS(SINTER_FORMAT, offsets("[4,8]"), "begins at byte 4 of the data: expected byte 0, as nothing may lie");
  EXPECT_FAILS(SINTER_FORMAT, offsets("[9223372036854775800,9223372036854775804]"), "expected byte 0");
}

// Two tensors, with the offsets of the second to be chosen.
std::string twoTensors(const std::string &name, const std::string &offsets) {
  return R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},")" + name +
         R"(":{"dtype":"U8","shape":[4],"data_offsets":)" + offsets + "}}";
}

TEST_F(MalformedSafetensors, TensorsThatDoNotFitTogether) {
  ASSERT_OK(openHeader(twoTensors("b", "[4,8]"), 8));
  EXPECT_FAILS(SINTER_FORMAT, openHeader(twoTensors("b", "[2,6]"), 8),
               "tensor 'b' begins at byte 2 of the data: expected byte 4, as tensors must not overlap");
  EXPECT_FAILS(SINTER_FORMAT, openHeader(twoTensors("b", "[0,4]"), 8), "tensor 'b'", "must not overlap");
  EXPECT_FAILS(SINTER_FORMAT, openHeader(twoTensors("b", "[5,9]"), 9),
               "tensor 'b' begins at byte 5 of the data: expected byte 4, as nothing may lie between tensors");
  EXPECT_FAILS(SINTER_FORMAT, openHeader(twoTensors("a", "[4,8]"), 8), "two tensors of the name 'a'");
  EXPECT_FAILS(SINTER_FORMAT, openHeader(twoTensors("\\u0061", "[4,8]"), 8), "two tensors of the name 'a'");
}

TEST_F(MalformedSafetensors, DuplicateMetadata) {
  EXPECT_FAILS(SINTER_FORMAT, openHeader(R"({"__metadata__":{"k":"1","j":"2","k":"3"}})"),
               "two metadata entries of the key 'k'");
  EXPECT_FAILS(SINTER_FORMAT, openHeader(R"({"__metadata__":{},"__metadata__":{}})"), "'__metadata__' is given twice");
}

// Nothing in the header may crash the reader or be accepted by accident with another meaning than it has.
TEST_F(MalformedSafetensors, AnyChangedByteIsHandled) {
  const std::string whole = safetensors(twoTensors("b", "[4,8]"), "12345678");
  for (std::size_t at = 0; at < whole.size() - 8; ++at)
    for (int bit = 0; bit < 8; ++bit) {
      std::string changed = whole;
      changed[at] = static_cast<char>(changed[at] ^ 1 << bit);
      const sinter_status status = open(changed);
      EXPECT_TRUE(status == SINTER_OK || status == SINTER_FORMAT || status == SINTER_TRUNCATED) << at;
    }
}

TEST_F(MalformedSafetensors, FileThatShrinksAfterOpening) {
  const std::string path = directory.path("shrinking");
  writeFile(path, safetensors(R"({"t":{"dtype":"U8","shape":[100],"data_offsets":[0,100]}})", std::string(100, 'x')));
  const File file = openFile(path);
  std::filesystem::resize_file(path, 90);
  char data[100];
  EXPECT_FAILS(SINTER_TRUNCATED, sinter_file_read(file.get(), sinter_file_tensor_at(file.get(), 0), data),
               "shrinking: the file ends at byte 90");
}

} // namespace
