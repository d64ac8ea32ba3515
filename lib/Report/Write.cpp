// The report as text: indented JSON, or a page with the JSON inside.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "sinter/Report/Report.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/raw_ostream.h"

namespace sinter {
namespace {

struct PageFile {
  llvm::StringLiteral name, text;
};

/// The files of lib/Report/Page, embedded by the build (cmake/EmbedFiles.cmake).
constexpr PageFile kPageFiles[] = {
#include "PageFiles.inc"
};

/// The texts of all files with this ending, in the order of their names.
std::string filesEndingIn(llvm::StringRef ending) {
  std::string text;
  for (const PageFile &file : kPageFiles)
    if (file.name.ends_with(ending))
      text += file.text;
  return text;
}

/// A text that is data in a page, not markup: no `<` that could end the element.
std::string escaped(llvm::StringRef json) {
  std::string text;
  for (char c : json) {
    if (c == '<')
      text += "\\u003c";
    else
      text += c;
  }
  return text;
}

void replaceMark(std::string &page, llvm::StringRef mark, llvm::StringRef text) {
  size_t position = page.find(mark.str());
  if (position != std::string::npos)
    page.replace(position, mark.size(), text.data(), text.size());
}

} // namespace

std::string reportAsJson(const llvm::json::Value &report) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  llvm::json::OStream json(stream, /*IndentSize=*/1);
  json.value(report);
  stream << "\n";
  return text;
}

std::string reportAsHtml(const llvm::json::Value &report) {
  std::string page = filesEndingIn(".html"), json;
  llvm::raw_string_ostream(json) << report;
  // From the end: what is put in is not searched.
  replaceMark(page, "/* data */", escaped(json));
  replaceMark(page, "/* scripts */", filesEndingIn(".js"));
  replaceMark(page, "/* style */", filesEndingIn(".css"));
  return page;
}

} // namespace sinter
