// What does a CSV file say?
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Csv.h"
#include "CsvRecords.h"
#include "Error.h"

#include <charconv>
#include <cmath>
#include <limits>

namespace sinter::train {

using Fields = std::vector<std::string_view>;

bool parseNumber(std::string_view text, double &value) {
  if (!text.empty() && text[0] == '+')
    text.remove_prefix(1);
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (end != text.data() + text.size() || text.empty())
    return false;
  if (error == std::errc::result_out_of_range) // too small to be told from zero, or too large to be finite
    value = std::strtod(std::string(text).c_str(), nullptr);
  else if (error != std::errc())
    return false;
  return std::isfinite(value);
}

static bool isNumber(std::string_view text) {
  double value;
  return parseNumber(text, value);
}

static bool parseCount(std::string_view text, int64_t &value) {
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() && value > 0;
}

// scikit-learn's data files begin with rows, features and the names of the classes, above records of one field more
// than there are features.
static bool isScikitLine(const Fields &first, const Fields &second, int64_t &rows) {
  int64_t features;
  if (first.size() < 4 || !parseCount(first[0], rows) || !parseCount(first[1], features) ||
      static_cast<size_t>(features) + 1 != second.size())
    return false;
  for (size_t i = 2; i < first.size(); ++i)
    if (first[i].empty() || isNumber(first[i]))
      return false;
  for (std::string_view field : second)
    if (!isNumber(field))
      return false;
  return true;
}

// A header has no numbers, but for those that are a column's own position, as pandas names columns; then one of its
// words must stand above a number.
static bool isHeaderLine(const Fields &fields, const Fields &second) {
  bool anyWord = false, anyNumber = false, wordAboveNumber = false;
  for (size_t i = 0; i < fields.size(); ++i) {
    if (isNumber(fields[i])) {
      if (fields[i] != std::to_string(i))
        return false;
      anyNumber = true;
    } else {
      anyWord = anyWord || !fields[i].empty();
      wordAboveNumber = wordAboveNumber || (i < second.size() && isNumber(second[i]));
    }
  }
  return anyWord && (!anyNumber || wordAboveNumber);
}

void Table::addRow(const Fields &fields, size_t offset, int64_t line) {
  if (static_cast<int64_t>(fields.size()) != columns())
    fail("'{}' line {}: expected {} separated by a {}, found {}", path, line, counted(columns(), "field"),
         delimiterName(delimiter), fields.size());
  for (size_t i = 0; i < fields.size(); ++i) {
    double value;
    if (!parseNumber(fields[i], value)) {
      value = std::numeric_limits<double>::quiet_NaN();
      if (firstWords[i] < 0)
        firstWords[i] = rows();
    }
    values.push_back(value);
  }
  offsets.push_back(static_cast<int64_t>(offset));
  lines.push_back(line);
}

void Table::checkAnnouncedRows() const {
  if (announcedRows >= 0 && announcedRows != rows())
    fail("'{}' line 1 announces {}, found {}", path, counted(announcedRows, "row"), rows());
}

void Table::readRecords(CsvHeader header) {
  CsvRecords records(bytes, delimiter, path, 0);
  Fields first, second;
  if (!records.next(first))
    fail("'{}' is empty: expected rows of numbers", path);
  std::vector<std::string> firstCopy(first.begin(), first.end());
  Fields firstFields(firstCopy.begin(), firstCopy.end());
  int64_t firstLine = records.line();
  size_t firstOffset = records.offset();
  bool more = records.next(second);

  size_t width = firstFields.size();
  if (header == CsvHeader::Auto && more && isScikitLine(firstFields, second, announcedRows)) {
    classNames.assign(firstCopy.begin() + 2, firstCopy.end());
    width = second.size();
  } else {
    announcedRows = -1;
    hasHeader = header == CsvHeader::Yes || (header == CsvHeader::Auto && isHeaderLine(firstFields, second));
  }
  for (size_t i = 0; i < width; ++i)
    names.push_back(hasHeader ? firstCopy[i] : std::to_string(i));
  firstWords.assign(width, -1);
  if (!hasHeader && classNames.empty())
    addRow(firstFields, firstOffset, firstLine);
  for (; more; more = records.next(second))
    addRow(second, records.offset(), records.line());
  if (rows() == 0)
    fail("'{}' has a header line but no rows", path);
  checkAnnouncedRows();
}

std::string Table::word(int64_t row, int64_t column) const {
  CsvRecords records(bytes, delimiter, path, static_cast<size_t>(offsets[row]), lines[row]);
  Fields fields;
  records.next(fields);
  return std::string(fields[column]);
}

int64_t Table::findColumn(std::string_view column) const {
  for (int64_t i = 0; hasHeader && i < columns(); ++i)
    if (names[i] == column)
      return i;
  int64_t number;
  auto [end, error] = std::from_chars(column.data(), column.data() + column.size(), number);
  if (error != std::errc() || end != column.data() + column.size())
    return -1;
  if (number < 0)
    number += columns();
  return number >= 0 && number < columns() ? number : -1;
}

int64_t Table::column(std::string_view column) const {
  int64_t found = findColumn(column);
  if (found >= 0)
    return found;
  if (!hasHeader)
    fail("'{}' has no column '{}': it has no header line, so expected a number from 0 to {}, or from -1 (the last) to "
         "{}",
         path, column, columns() - 1, -columns());
  std::string known;
  for (int64_t i = 0; i < columns() && i < 20; ++i)
    known += fmt::format("{}'{}'", i ? ", " : "", names[i]);
  fail("'{}' has no column '{}': its {} {}{}", path, column,
       columns() == 1 ? "only column is" : fmt::format("{} columns are", columns()), known,
       columns() > 20 ? ", ..." : "");
}

std::string Table::columnText(int64_t column) const {
  return hasHeader ? fmt::format("column '{}'", names[column]) : fmt::format("column {}", column);
}

void Table::requireNumbers(int64_t column) const {
  int64_t row = firstWords[column];
  if (row < 0)
    return;
  std::string found = word(row, column);
  fail("'{}' line {}, {}: expected a number, found {}", path, lines[row], columnText(column),
       found.empty() ? "an empty field" : fmt::format("'{}'", found));
}

// Skips the byte order mark and the comment lines that numpy.savetxt writes on top.
static void blankOutPreamble(std::string &bytes) {
  if (bytes.compare(0, 3, "\xEF\xBB\xBF") == 0)
    bytes.replace(0, 3, "   ");
  size_t at = 0;
  while ((at = bytes.find_first_not_of(" \t\r\n", at)) != std::string::npos && bytes[at] == '#') {
    for (; at < bytes.size() && bytes[at] != '\n'; ++at)
      bytes[at] = ' ';
  }
}

Table parseCsv(std::string bytes, const std::string &path, CsvHeader header) {
  Table table;
  table.path = path;
  if (bytes.find('\0') != std::string::npos)
    fail("'{}' is neither NPY nor IDX nor text: it contains zero bytes", path);
  blankOutPreamble(bytes);
  table.bytes = std::move(bytes);
  table.delimiter = detectDelimiter(table.bytes);
  table.readRecords(header);
  return table;
}

} // namespace sinter::train
