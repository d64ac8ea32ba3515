// Where does a CSV file's record end, and where its fields?
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "CsvRecords.h"
#include "Error.h"

#include <algorithm>

namespace sinter::train {

const char *delimiterName(char delimiter) {
  switch (delimiter) {
  case ',':
    return "comma";
  case ';':
    return "semicolon";
  case '\t':
    return "tab";
  default:
    return "blank";
  }
}

static std::vector<std::string_view> sampleLines(std::string_view text) {
  std::vector<std::string_view> lines;
  size_t at = 0;
  while (at < text.size() && lines.size() < 20) {
    size_t end = std::min(text.find('\n', at), text.size());
    std::string_view line = text.substr(at, end - at);
    if (line.find_first_not_of(" \t\r") != std::string_view::npos)
      lines.push_back(line);
    at = end + 1;
  }
  return lines;
}

static int64_t countOutsideQuotes(std::string_view line, char wanted) {
  bool quoted = false;
  int64_t count = 0;
  for (char c : line) {
    quoted ^= c == '"';
    count += !quoted && c == wanted;
  }
  return count;
}

char detectDelimiter(std::string_view text) {
  std::vector<std::string_view> lines = sampleLines(text);
  // The first line may be a title or a header of another kind; the others decide when there are any.
  size_t first = lines.size() > 1 ? 1 : 0;
  char everywhere = 0, somewhere = 0;
  int64_t bestLeast = 0, bestTotal = 0;
  for (char candidate : {',', ';', '\t'}) {
    int64_t least = INT64_MAX, total = 0;
    for (size_t i = 0; i < lines.size(); ++i) {
      int64_t count = countOutsideQuotes(lines[i], candidate);
      total += count;
      if (i >= first || candidate == '\t')
        least = std::min(least, count);
    }
    if (!lines.empty() && least > bestLeast) {
      everywhere = candidate;
      bestLeast = least;
    }
    // Tabs that are not on every line are part of a blank run.
    if (candidate != '\t' && total > bestTotal) {
      somewhere = candidate;
      bestTotal = total;
    }
  }
  return everywhere ? everywhere : somewhere ? somewhere : blankRun;
}

std::string_view CsvRecords::quotedField() {
  int64_t openLine = nextLine;
  size_t begin = ++position;
  std::string *copy = nullptr;
  for (;;) {
    size_t end = text.find('"', position);
    if (end == std::string_view::npos)
      fail("'{}' line {}: the quote that opens a field is never closed", path, openLine);
    nextLine += std::count(text.begin() + position, text.begin() + end, '\n');
    bool doubled = end + 1 < text.size() && text[end + 1] == '"';
    if (!doubled && !copy) {
      position = end + 1;
      return text.substr(begin, end - begin);
    }
    if (!copy)
      copy = &resolved.emplace_back();
    copy->append(text.substr(begin, end - begin + (doubled ? 1 : 0)));
    position = begin = end + (doubled ? 2 : 1);
    if (!doubled)
      return *copy;
  }
}

std::string_view CsvRecords::plainField() {
  size_t begin = position;
  while (position < text.size() && text[position] != '\n' && text[position] != delimiter &&
         !(delimiter == blankRun && text[position] == '\t'))
    ++position;
  std::string_view field = text.substr(begin, position - begin);
  while (!field.empty() && (field.back() == '\r' || field.back() == ' ' || field.back() == '\t'))
    field.remove_suffix(1);
  return field;
}

bool CsvRecords::next(std::vector<std::string_view> &fields) {
  fields.clear();
  resolved.clear();
  auto isBlank = [&](char c) { return c == ' ' || c == '\r' || (c == '\t' && delimiter != '\t'); };
  auto skipBlanks = [&] {
    while (position < text.size() && isBlank(text[position]))
      ++position;
  };
  auto atLineEnd = [&] { return position >= text.size() || text[position] == '\n'; };

  size_t lineStart = position;
  for (skipBlanks(); position < text.size() && text[position] == '\n'; skipBlanks()) {
    lineStart = ++position; // an empty line
    ++nextLine;
  }
  if (position >= text.size())
    return false;
  recordOffset = lineStart;
  recordLine = nextLine;
  for (;;) {
    skipBlanks();
    if (position < text.size() && text[position] == '"') {
      fields.push_back(quotedField());
      skipBlanks();
      if (!atLineEnd() && delimiter != blankRun && text[position] != delimiter)
        fail("'{}' line {}: expected a {} or the end of the line after a quoted field, found '{}'", path, nextLine,
             delimiterName(delimiter), text[position]);
    } else {
      fields.push_back(plainField());
      skipBlanks();
    }
    if (atLineEnd())
      break;
    if (delimiter != blankRun)
      ++position;
  }
  if (position < text.size())
    ++position;
  ++nextLine;
  return true;
}

} // namespace sinter::train
