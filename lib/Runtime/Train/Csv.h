// What does a CSV file say? A Table: named columns of numbers, and of words where a column holds labels. Header line,
// delimiter and the first line of scikit-learn's data sets (`rows,features,class0,class1,...`) are recognized.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SINTER_LIB_RUNTIME_TRAIN_CSV_H
#define SINTER_LIB_RUNTIME_TRAIN_CSV_H

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sinter::train {

enum class CsvHeader { Auto, Yes, No };

class Table {
public:
  std::string path;
  bool hasHeader = false;
  std::vector<std::string> names;      // of the columns; "0", "1", ... without a header
  std::vector<std::string> classNames; // from scikit-learn's first line; empty otherwise

  int64_t rows() const { return static_cast<int64_t>(offsets.size()); }
  int64_t columns() const { return static_cast<int64_t>(names.size()); }
  /// NaN where the cell is not a finite number.
  double value(int64_t row, int64_t column) const { return values[row * columns() + column]; }
  /// First row whose cell in `column` is not a finite number, or -1.
  int64_t firstWord(int64_t column) const { return firstWords[column]; }
  /// The cell as it is written in the file, without quotes.
  std::string word(int64_t row, int64_t column) const;
  /// Line of the file (from 1) where `row` begins.
  int64_t line(int64_t row) const { return lines[row]; }

  /// The column called `column`, or numbered: from 0, and from -1 for the last backwards. -1 when there is none.
  int64_t findColumn(std::string_view column) const;
  /// As above; an Error that names the columns there are when there is none.
  int64_t column(std::string_view column) const;
  /// "column 'alcohol'" or, without a header, "column 3".
  std::string columnText(int64_t column) const;
  /// Throws an Error naming file, line, column and the word when `column` is not all numbers.
  void requireNumbers(int64_t column) const;

private:
  friend Table parseCsv(std::string bytes, const std::string &path, CsvHeader header);
  void readRecords(CsvHeader header);
  void addRow(const std::vector<std::string_view> &fields, size_t offset, int64_t line);
  void checkAnnouncedRows() const;

  std::string bytes;
  char delimiter = ',';
  int64_t announcedRows = -1;
  std::vector<double> values;
  std::vector<int64_t> offsets, lines, firstWords;
};

/// Takes over `bytes`, the (inflated) contents of the file `path`.
Table parseCsv(std::string bytes, const std::string &path, CsvHeader header);

/// Reads a finite decimal number that takes up the whole of `text`.
bool parseNumber(std::string_view text, double &value);

} // namespace sinter::train

#endif // SINTER_LIB_RUNTIME_TRAIN_CSV_H
