// Does the CSV reader recognize what it is given, and say what is wrong with it?
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Csv.h"
#include "FileBytes.h"
#include "TestFiles.h"

using namespace sinter::train;

static Table parse(std::string text, CsvHeader header = CsvHeader::Auto) {
  return parseCsv(std::move(text), "f.csv", header);
}
static std::string error(const std::string &text, CsvHeader header = CsvHeader::Auto) {
  return messageOf([&] { parse(text, header); });
}

TEST(Csv, headerLineIsRecognized) {
  Table table = parse("a,b,label\n1,2.5,yes\n-3e2,+4,no\n");
  EXPECT_TRUE(table.hasHeader);
  EXPECT_EQ(table.rows(), 2);
  EXPECT_EQ(table.names, (std::vector<std::string>{"a", "b", "label"}));
  EXPECT_EQ(table.value(1, 0), -300);
  EXPECT_EQ(table.value(1, 1), 4);
  EXPECT_EQ(table.word(1, 2), "no");
  EXPECT_EQ(table.line(0), 2);
}

TEST(Csv, headerlessLabelsAreNoHeader) {
  EXPECT_FALSE(parse("5.1,3.5,setosa\n4.9,3.0,setosa\n").hasHeader);
  EXPECT_FALSE(parse("0,1,setosa\n4.9,3.0,setosa\n").hasHeader);
  EXPECT_FALSE(parse("1,2,3\n4,5,6\n").hasHeader);
}

TEST(Csv, numberedPandasHeaderIsRecognized) {
  EXPECT_TRUE(parse("0,1,target\n4,5,6\n").hasHeader);
  EXPECT_TRUE(parse(",a,b\n0,5,6\n").hasHeader);
}

TEST(Csv, headerCanBeForced) {
  EXPECT_TRUE(parse("1,2\n3,4\n", CsvHeader::Yes).hasHeader);
  EXPECT_EQ(parse("a,b\n3,4\n", CsvHeader::No).rows(), 2);
}

TEST(Csv, delimitersAreDetected) {
  for (const char *text : {"1,2,3\n4,5,6\n", "1;2;3\n4;5;6\n", "1\t2\t3\n4\t5\t6\n", "  1 2   3 \n 4\t5 6\n"}) {
    Table table = parse(text);
    EXPECT_EQ(table.columns(), 3) << text;
    EXPECT_EQ(table.value(1, 2), 6) << text;
  }
  EXPECT_EQ(parse("1\n2\n3\n").columns(), 1);
  EXPECT_EQ(parse("a b;c d\n1;2\n").columns(), 2);
}

TEST(Csv, crlfByteOrderMarkQuotesAndEmptyLines) {
  Table table = parse("\xEF\xBB\xBF\"x, 1\",\"say \"\"y\"\"\"\r\n\r\n\"1\",2\r\n3, 4 \r\n\r\n");
  EXPECT_EQ(table.names, (std::vector<std::string>{"x, 1", "say \"y\""}));
  EXPECT_EQ(table.rows(), 2);
  EXPECT_EQ(table.value(0, 0), 1);
  EXPECT_EQ(table.value(1, 1), 4);
  EXPECT_EQ(table.line(0), 3);
}

TEST(Csv, quotedLineFeedsKeepLineNumbersRight) {
  EXPECT_EQ(error("a,b\n\"1\n\",2\n3\n"), "'f.csv' line 4: expected 2 fields separated by a comma, found 1");
}

TEST(Csv, savetxtCommentIsSkipped) {
  EXPECT_EQ(parse("# made by numpy\n1 2\n3 4\n").rows(), 2);
}

TEST(Csv, scikitFirstLineGivesClassNames) {
  Table table = parse("3,4,setosa,versicolor,virginica\n5.1,3.5,1.4,0.2,0\n4.9,3,1.4,0.2,1\n6,3,1.4,0.2,2\n");
  EXPECT_EQ(table.classNames, (std::vector<std::string>{"setosa", "versicolor", "virginica"}));
  EXPECT_EQ(table.rows(), 3);
  EXPECT_EQ(table.columns(), 5);
  EXPECT_EQ(error("4,4,setosa,versicolor,virginica\n5.1,3.5,1.4,0.2,0\n"), "'f.csv' line 1 announces 4 rows, found 1");
}

TEST(Csv, columnsByNameAndNumber) {
  Table table = parse("a,b,c\n1,2,3\n");
  EXPECT_EQ(table.column("b"), 1);
  EXPECT_EQ(table.column("-1"), 2);
  EXPECT_EQ(table.column("0"), 0);
  EXPECT_EQ(messageOf([&] { table.column("d"); }), "'f.csv' has no column 'd': its 3 columns are 'a', 'b', 'c'");
  Table plain = parse("1,2\n3,4\n");
  EXPECT_EQ(messageOf([&] { plain.column("2"); }),
            "'f.csv' has no column '2': it has no header line, so expected a number from 0 to 1, or from -1 (the last) "
            "to -2");
}

TEST(Csv, wordInNumericColumn) {
  Table table = parse("a,b\n1,2\n3,4x\n");
  EXPECT_EQ(messageOf([&] { table.requireNumbers(1); }), "'f.csv' line 3, column 'b': expected a number, found '4x'");
  Table empty = parse("1,2\n3,\n");
  EXPECT_EQ(messageOf([&] { empty.requireNumbers(1); }),
            "'f.csv' line 2, column 1: expected a number, found an empty field");
  EXPECT_EQ(parse("1\nnan\n").firstWord(0), 1);
  EXPECT_EQ(parse("1\n1e999\n").firstWord(0), 1);
  EXPECT_EQ(parse("1\n1e-999\n").firstWord(0), -1);
}

TEST(Csv, raggedRow) {
  EXPECT_EQ(error("1,2,3\n4,5\n"), "'f.csv' line 2: expected 3 fields separated by a comma, found 2");
  EXPECT_EQ(error("1,2\n4,5,6\n"), "'f.csv' line 2: expected 2 fields separated by a comma, found 3");
}

TEST(Csv, emptyFiles) {
  EXPECT_EQ(error(""), "'f.csv' is empty: expected rows of numbers");
  EXPECT_EQ(error("\n \r\n"), "'f.csv' is empty: expected rows of numbers");
  EXPECT_EQ(error("a,b\n"), "'f.csv' has a header line but no rows");
}

TEST(Csv, openQuote) {
  EXPECT_EQ(error("1,2\n\"3,4\n"), "'f.csv' line 2: the quote that opens a field is never closed");
}

TEST(Csv, binaryFile) {
  EXPECT_EQ(error(std::string("1,2\n\0", 5)), "'f.csv' is neither NPY nor IDX nor text: it contains zero bytes");
}

using GzipTest = FilesTest;

TEST_F(GzipTest, inflatesSeveralMembers) {
  EXPECT_EQ(readFileBytes(write("x", gzip("1,2\n") + gzip("3,4\n"))), "1,2\n3,4\n");
  EXPECT_EQ(readFileBytes(write("y", gzip(std::string(100000, 'a')))), std::string(100000, 'a'));
  EXPECT_EQ(readFileBytes(write("z", "plain")), "plain");
}

TEST_F(GzipTest, truncatedAndDamaged) {
  std::string whole = gzip("1,2\n3,4\n5,6\n");
  std::string file = write("t.csv.gz", whole.substr(0, whole.size() - 5));
  EXPECT_EQ(messageOf([&] { readFileBytes(file); }), "'" + file + "' is truncated: its gzip data end after " +
                                                         std::to_string(whole.size() - 5) +
                                                         " bytes, before their end mark");
  whole[whole.size() - 8] ^= 1; // the checksum
  std::string damaged = write("d.csv.gz", whole);
  EXPECT_NE(messageOf([&] { readFileBytes(damaged); }).find("is damaged: incorrect data check"), std::string::npos);
}

TEST_F(GzipTest, missingFileAndFolder) {
  EXPECT_EQ(messageOf([&] { readFileBytes(path("none")); }),
            "cannot open '" + path("none") + "': No such file or directory");
  EXPECT_EQ(messageOf([&] { readFileBytes(folder); }), "cannot read '" + folder + "': it is a folder, expected a file");
}
