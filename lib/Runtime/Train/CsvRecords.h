// Where does a CSV file's record end, and where its fields? Splits text into records by RFC 4180 (quotes, doubled
// quotes, CRLF, line feeds inside of quotes), for one-character delimiters and for runs of blanks; detects which.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SINTER_LIB_RUNTIME_TRAIN_CSVRECORDS_H
#define SINTER_LIB_RUNTIME_TRAIN_CSVRECORDS_H

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace sinter::train {

/// What separates two fields. `blankRun` is any run of spaces and tabs; blanks at both ends of a line are ignored.
constexpr char blankRun = ' ';

/// The delimiter among comma, semicolon, tab and blank run that splits the first lines of `text` most evenly.
char detectDelimiter(std::string_view text);

/// "comma", "semicolon", "tab", "blank".
const char *delimiterName(char delimiter);

class CsvRecords {
public:
  CsvRecords(std::string_view text, char delimiter, const std::string &path, size_t offset = 0, int64_t line = 1)
      : text(text), delimiter(delimiter), path(path), position(offset), nextLine(line) {}

  /// Reads the next record that is not an empty line; false at the end. The fields point into the text, or into this
  /// reader where quotes had to be resolved, and live until the next call.
  bool next(std::vector<std::string_view> &fields);

  /// Line (from 1) and offset at which the last record began.
  int64_t line() const { return recordLine; }
  size_t offset() const { return recordOffset; }

private:
  std::string_view quotedField();
  std::string_view plainField();

  std::string_view text;
  char delimiter;
  const std::string &path;
  size_t position;
  int64_t nextLine;
  int64_t recordLine = 0;
  size_t recordOffset = 0;
  std::deque<std::string> resolved;
};

} // namespace sinter::train

#endif // SINTER_LIB_RUNTIME_TRAIN_CSVRECORDS_H
