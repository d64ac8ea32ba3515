// Does a damaged file ever do worse than an error? Valid files of each format with bytes changed, cut and added; the
// sanitizers of the asan preset watch.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Csv.h"
#include "FileBytes.h"
#include "Idx.h"
#include "Npy.h"
#include "TestFiles.h"

#include "sinter-rt/random.h"

using namespace sinter::train;

// Parses by content, as the trainer does, and touches every element.
static bool parses(std::string bytes) {
  double sum = 0;
  std::string message = messageOf([&] {
    bytes = inflateIfGzip(std::move(bytes), "f");
    if (looksLikeNpy(bytes) || looksLikeIdx(bytes)) {
      Array array = looksLikeNpy(bytes) ? parseNpy(std::move(bytes), "f") : parseIdx(std::move(bytes), "f");
      for (int64_t i = 0; i < array.elements(); ++i)
        sum += array.at(i);
      return;
    }
    Table table = parseCsv(std::move(bytes), "f", CsvHeader::Auto);
    for (int64_t row = 0; row < table.rows(); ++row)
      for (int64_t column = 0; column < table.columns(); ++column)
        sum += static_cast<double>(table.word(row, column).size());
  });
  EXPECT_EQ(message, oneLine(message));
  return message.empty();
}

static std::string damaged(std::string bytes, sinter_random &random) {
  size_t place = sinter_random_below(&random, bytes.size());
  switch (sinter_random_below(&random, 3)) {
  case 0:
    bytes.resize(place);
    break;
  case 1:
    bytes.insert(place, 1, static_cast<char>(sinter_random_u32(&random)));
    break;
  default:
    bytes[place] = static_cast<char>(sinter_random_u32(&random));
  }
  return bytes;
}

TEST(DamagedFiles, giveErrorsAtMost) {
  std::string npy = npyHeader(ElementType::F32, {3, 2}) + std::string(24, 'x');
  std::string fortran = npyHeader(ElementType::I16, {2, 2}) + std::string(8, 'x');
  fortran.replace(fortran.find("False"), 5, "True ");
  std::string idx("\0\0\x0B\x02\0\0\0\x02\0\0\0\x02xxxxxxxx", 20);
  std::string csv = "\"a, b\",c\n1,2\r\n\"3\",-4e5\n";
  for (const std::string &valid : {npy, fortran, idx, csv, gzip(csv)}) {
    EXPECT_TRUE(parses(valid));
    sinter_random random = sinter_random_make(1, valid.size());
    int refused = 0;
    for (int i = 0; i < 2000; ++i)
      refused += !parses(damaged(damaged(valid, random), random));
    EXPECT_GT(refused, 100);
  }
}
