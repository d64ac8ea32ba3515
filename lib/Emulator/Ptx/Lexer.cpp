// How is a PTX text cut into tokens? See Lexer.h.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Lexer.h"
#include "sinter/Emulator/Ptx.h"

#include <cctype>
#include <cstring>

namespace sinter::emulator {

namespace {
class Lexer {
public:
  explicit Lexer(const std::string &text) : text(text) {}
  std::vector<Token> run();

private:
  char at(size_t ahead = 0) const { return position + ahead < text.size() ? text[position + ahead] : '\0'; }
  void advance() {
    if (at() == '\n')
      ++line;
    ++position;
  }
  bool skipBlank();
  void lineComment();
  void blockComment();
  void word();
  void number();
  void string();
  void add(Token::Kind kind, size_t begin) { tokens.push_back({kind, text.substr(begin, position - begin), line}); }

  const std::string &text;
  size_t position = 0;
  int line = 1;
  std::vector<Token> tokens;
};
} // namespace

static bool startsWord(char c) {
  return isalpha(static_cast<unsigned char>(c)) || strchr("_$%.", c);
}
static bool isWordCharacter(char c) {
  return isalnum(static_cast<unsigned char>(c)) || strchr("_$%.", c);
}

/// `// implicit-def: %r7` says that reading %r7 before it is written is meant.
void Lexer::lineComment() {
  size_t end = text.find('\n', position);
  std::string comment = text.substr(position, end == std::string::npos ? end : end - position);
  static const char mark[] = "implicit-def: ";
  size_t found = comment.find(mark);
  if (found != std::string::npos) {
    size_t begin = found + sizeof mark - 1, stop = begin;
    while (stop < comment.size() && isWordCharacter(comment[stop]))
      ++stop;
    tokens.push_back({Token::ImplicitDef, comment.substr(begin, stop - begin), line});
  }
  position += comment.size();
}

void Lexer::blockComment() {
  int begin = line;
  while (position < text.size() && !(at() == '*' && at(1) == '/'))
    advance();
  if (position >= text.size())
    throw Error("PTX line " + std::to_string(begin) +
                ": comment is not closed: expected */, found the end of the text");
  position += 2;
}

bool Lexer::skipBlank() {
  if (isspace(static_cast<unsigned char>(at()))) {
    advance();
    return true;
  }
  if (at() != '/' || (at(1) != '/' && at(1) != '*'))
    return false;
  at(1) == '/' ? lineComment() : blockComment();
  return true;
}

void Lexer::word() {
  size_t begin = position;
  while (true) {
    if (at() != '\0' && isWordCharacter(at()))
      ++position;
    else if (at() == ':' && at(1) == ':') // shared::cta
      position += 2;
    else
      break;
  }
  add(Token::Word, begin);
}

/// Numbers keep their spelling; an exponent's sign belongs to them only in decimal notation.
void Lexer::number() {
  size_t begin = position;
  bool decimal = !(at() == '0' && isalpha(static_cast<unsigned char>(at(1))));
  while (isalnum(static_cast<unsigned char>(at())) || at() == '.' ||
         (decimal && (at() == '-' || at() == '+') && strchr("eE", text[position - 1])))
    ++position;
  add(Token::Number, begin);
}

void Lexer::string() {
  size_t begin = ++position;
  while (position < text.size() && at() != '"' && at() != '\n')
    ++position;
  if (at() != '"')
    throw Error("PTX line " + std::to_string(line) + ": string is not closed: expected \"");
  add(Token::String, begin);
  ++position;
}

std::vector<Token> Lexer::run() {
  while (position < text.size()) {
    char c = at();
    if (c == '\0') // what follows a terminating zero is not part of the text
      break;
    if (skipBlank())
      continue;
    if (startsWord(c))
      word();
    else if (isdigit(static_cast<unsigned char>(c)))
      number();
    else if (c == '"')
      string();
    else if (strchr("{}[]()<>,;:+-!|@=*/&~?", c)) {
      ++position;
      add(Token::Punctuation, position - 1);
    } else
      throw Error("PTX line " + std::to_string(line) + ": unexpected character '" + std::string(1, c) + "'");
  }
  tokens.push_back({Token::End, "the end of the text", line});
  return std::move(tokens);
}

std::vector<Token> tokenize(const std::string &text) {
  return Lexer(text).run();
}

} // namespace sinter::emulator
