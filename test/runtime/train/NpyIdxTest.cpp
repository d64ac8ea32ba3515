// Do NPY and IDX files mean what their headers say?
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Idx.h"
#include "Npy.h"
#include "TestFiles.h"

#include <cstring>

using namespace sinter::train;

static std::string npy(int version, const std::string &dictionary, const std::string &data) {
  std::string bytes = "\x93NUMPY";
  bytes += static_cast<char>(version);
  bytes += '\0';
  for (int i = 0; i < (version == 1 ? 2 : 4); ++i)
    bytes += static_cast<char>(dictionary.size() >> (8 * i) & 0xff);
  return bytes + dictionary + data;
}
template <typename T>
static std::string raw(std::initializer_list<T> values) {
  std::string bytes;
  for (T value : values)
    bytes.append(reinterpret_cast<const char *>(&value), sizeof(T));
  return bytes;
}
static std::vector<double> values(const Array &array) {
  std::vector<double> result;
  for (int64_t i = 0; i < array.elements(); ++i)
    result.push_back(array.at(i));
  return result;
}
static std::string dictionary(const std::string &descr, const std::string &order, const std::string &shape) {
  return "{'descr': '" + descr + "', 'fortran_order': " + order + ", 'shape': " + shape + ", }\n";
}

TEST(Npy, versionsAndTypes) {
  for (int version : {1, 2, 3}) {
    Array array = parseNpy(npy(version, dictionary("<f4", "False", "(2, 2)"), raw<float>({1, 2, 3, 4.5f})), "x.npy");
    EXPECT_EQ(array.shape, (std::vector<int64_t>{2, 2}));
    EXPECT_EQ(values(array), (std::vector<double>{1, 2, 3, 4.5}));
  }
  EXPECT_EQ(values(parseNpy(npy(1, dictionary("<i8", "False", "(2,)"), raw<int64_t>({-7, 9})), "x")),
            (std::vector<double>{-7, 9}));
  EXPECT_EQ(values(parseNpy(npy(1, dictionary("|b1", "False", "(2,)"), raw<char>({0, 1})), "x")),
            (std::vector<double>{0, 1}));
  EXPECT_EQ(values(parseNpy(npy(1, dictionary("<u2", "False", "(1,)"), raw<uint16_t>({65535})), "x")),
            (std::vector<double>{65535}));
  EXPECT_EQ(values(parseNpy(npy(1, dictionary("<f8", "False", "()"), raw<double>({2.5})), "x")),
            (std::vector<double>{2.5}));
}

TEST(Npy, bigEndianIsSwapped) {
  EXPECT_EQ(values(parseNpy(npy(1, dictionary(">i2", "False", "(2,)"), std::string("\x01\x02\xff\xfe", 4)), "x")),
            (std::vector<double>{258, -2}));
}

TEST(Npy, fortranOrderBecomesRowMajor) {
  // Columns of [[1, 2, 3], [4, 5, 6]] one after the other.
  Array array = parseNpy(npy(1, dictionary("<i4", "True", "(2, 3)"), raw<int32_t>({1, 4, 2, 5, 3, 6})), "x");
  EXPECT_EQ(values(array), (std::vector<double>{1, 2, 3, 4, 5, 6}));
}

TEST(Npy, writtenHeaderIsReadBack) {
  for (std::vector<int64_t> shape : {std::vector<int64_t>{}, {3}, {3, 1}}) {
    std::string header = npyHeader(ElementType::F32, shape);
    EXPECT_EQ(header.size() % 64, 0u);
    EXPECT_EQ(parseNpy(header + std::string(shape.empty() ? 4 : 12, '\0'), "x").shape, shape);
  }
}

TEST(Npy, badFiles) {
  auto error = [](const std::string &bytes) { return messageOf([&] { parseNpy(bytes, "x.npy"); }); };
  std::string good = dictionary("<f4", "False", "(2, 2)");
  EXPECT_EQ(error(npy(1, good, std::string(15, 'x'))),
            "'x.npy' is truncated: its NPY data of shape [2, 2] take 16 bytes, found 15");
  EXPECT_EQ(error(npy(1, good, std::string(17, 'x'))),
            "'x.npy' is not a valid NPY file: 1 byte after its data of shape [2, 2]");
  EXPECT_EQ(error(npy(1, good, "").substr(0, 20)), "'x.npy' is truncated: its NPY header takes 70 bytes, found 20");
  EXPECT_EQ(error(std::string("\x93NUMPY\x01", 7)),
            "'x.npy' is truncated: an NPY header takes at least 10 bytes, found 7");
  EXPECT_EQ(error(npy(4, good, "")), "'x.npy' is NPY version 4; expected version 1, 2 or 3");
  EXPECT_NE(error(npy(1, dictionary("<c8", "False", "(2,)"), "")).find("holds NPY elements of type '<c8'"),
            std::string::npos);
  EXPECT_NE(error(npy(1, "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,), }", "")).find("structured"),
            std::string::npos);
  EXPECT_NE(error(npy(1, "{'descr': '<f4'}", "")).find("its header is malformed"), std::string::npos);
  EXPECT_NE(error(npy(1, dictionary("<f4", "False", "(99999999999, 99999999999)"), "")).find("no memory can hold"),
            std::string::npos);
}

TEST(Idx, bytesIntegersAndFloats) {
  std::string images("\0\0\x08\x02\0\0\0\x02\0\0\0\x03\x01\x02\x03\x04\x05\xff", 18);
  EXPECT_TRUE(looksLikeIdx(images));
  Array array = parseIdx(images, "x.idx");
  EXPECT_EQ(array.shape, (std::vector<int64_t>{2, 3}));
  EXPECT_EQ(values(array), (std::vector<double>{1, 2, 3, 4, 5, 255}));
  EXPECT_EQ(values(parseIdx(std::string("\0\0\x0C\x01\0\0\0\x01\xff\xff\xff\xfe", 12), "x")),
            (std::vector<double>{-2}));
  EXPECT_EQ(values(parseIdx(std::string("\0\0\x0D\x01\0\0\0\x01\x3f\xc0\0\0", 12), "x")), (std::vector<double>{1.5}));
}

TEST(Idx, badFiles) {
  auto error = [](const std::string &bytes) { return messageOf([&] { parseIdx(bytes, "x.idx"); }); };
  EXPECT_EQ(error(std::string("\0\0\x08\x01\0\0\0\x05\x01\x02", 10)),
            "'x.idx' is truncated: its IDX data of shape [5] take 5 bytes, found 2");
  EXPECT_EQ(error(std::string("\0\0\x08\x03\0\0\0\x05", 8)),
            "'x.idx' is truncated: an IDX header of rank 3 takes 16 bytes, found 8");
  EXPECT_EQ(error(std::string("\0\0\x08\x01\0\0\0\x01\x01\x02", 10)),
            "'x.idx' is not a valid IDX file: 1 byte after its data of shape [1]");
}
